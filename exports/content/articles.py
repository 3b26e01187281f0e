"""One message as an `<article>`: the markup that the formats made of HTML share. It knows no style."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from html import escape
from itertools import chain
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.fragments import Tool, kept_body
from chat.models import Annotation, Attachment
from exports.content.bodies import Bodies, escaped
from exports.content.entries import Entry
from exports.content.moments import Moments
from exports.content.pictures import Picture, picture_of
from exports.content.tools import doing_of
from exports.content.usage import Usage
from exports.options import Options

_PROSE = '<div class="prose">'


class Articles:
    """The articles of one document, in the language that was active when this was made.

    `is_print`: for paper, where nothing folds, scrolls or is read aloud by names that stand elsewhere.
    """

    def __init__(self, options: Options, *, is_print: bool = False) -> None:
        self._options = options
        self._is_print = is_print
        level = options.heading_level + 1
        self._heading = f"h{min(6, level)}"
        self._bodies = Bodies(level=level + 1, is_print=is_print)
        self._fold = mark_safe('<details class="{}" open>' if is_print else '<details class="{}">')
        self._before, _n, self._after = escaped(_("Message %(n)s")).partition("%(n)s")
        self._usage = Usage()
        self._moments = Moments(escaped)
        # By the digest of a picture, where it is.
        self._seen: dict[bytes, str] = {}

    def names(self) -> SafeString:
        """What the texts' labels refer to; a document on a screen has it once."""
        words = {
            "say-table": _("Table"),
            "say-done": _("Done"),
            "say-open": _("To do"),
            "say-notes": _("Footnotes"),
            "say-back": _("Back to the text"),
        }
        return format_html(
            "<div hidden>{}</div>", format_html_join("", '<span id="{}">{}</span>', words.items())
        )

    def whole(self, entry: Entry) -> SafeString:
        return mark_safe("".join(self.of(entry)))  # noqa: S308  each piece was escaped or sanitized

    def of(self, entry: Entry) -> Iterable[str]:
        """The article in pieces: each picture is one, and so is the text, since joining would copy it."""
        head, foot = self._head(entry), self._foot(entry)
        if entry.message.parts or entry.attachments:
            return chain((head,), self._above(entry), self._said(entry), (foot,))
        text = self._bodies.of(kept_body(entry.view), entry.view.content)
        return head + _PROSE, text, foot

    def _said(self, entry: Entry) -> Iterator[str]:
        """The texts, with tools in their places; the last text is left open."""
        for number, (passage, html) in enumerate(zip(entry.passages, entry.htmls, strict=True)):
            if number:
                yield "</div>\n"
            yield from map(self._tool, passage.tools)
            yield _PROSE
            yield self._bodies.of(html, passage.text)

    def _head(self, entry: Entry) -> str:
        message, number, heading = entry.message, entry.number, self._heading
        anchor = entry.anchor
        when = "" if entry.written_at is None else self._time(entry.written_at)
        place, name = (self._place(entry), f' id="n{number}"') if self._options.alternatives else ("", "")
        kind = message.role if message.is_active else f"{message.role} aside"
        return (
            f'<article class="entry {kind}" id="{anchor}">\n'
            f"<header><{heading}><bdi>{escaped(entry.speaker)}</bdi></{heading}>{place}{when}"
            f'<a class="number"{name} href="#{anchor}" aria-label="{self._before}{number}{self._after}">'
            f"{number}</a></header>\n"
        )

    def _above(self, entry: Entry) -> Iterator[str]:
        if entry.attachments:
            yield from self._files(entry.attachments)
        if entry.thoughts:
            yield self._folded("thoughts", _("Thoughts"), format_html("<p>{}</p>", _shown(entry.thoughts)))
        for tool in entry.tools:
            yield self._tool(tool)

    def _foot(self, entry: Entry) -> str:
        facts = self._usage.of(entry.message) if self._options.metadata else ()
        usage = f'<p class="facts">{escape(" · ".join(facts))}</p>\n' if facts else ""
        below = self._below(entry) if entry.trouble or entry.reactions or entry.notes else ""
        return f"</div>\n{usage}{below}</article>\n"

    def _below(self, entry: Entry) -> str:
        trouble = format_html('<p class="trouble">{}</p>\n', _shown(entry.trouble)) if entry.trouble else ""
        reactions = _reactions(entry) if entry.reactions else ""
        return trouble + reactions + (self._notes(entry.notes) if entry.notes else "")

    def _place(self, entry: Entry) -> str:
        """Where it stands among its versions, and what it follows if that is not right above."""
        words = ""
        if entry.version:
            place, count = entry.version
            said = _("Alternative %(place)s of %(count)s") % {"place": place, "count": count}
            words += format_html('<span class="version">{}</span>', said)
        if entry.follows:
            said = _("follows message %(n)s") % {"n": entry.follows}
            words += format_html('<a class="follows" href="#n{}">{}</a>', entry.follows, said)
        elif entry.follows == 0:
            words += format_html('<span class="follows">{}</span>', _("begins anew"))
        return words

    def _time(self, moment: datetime) -> str:
        at = moment.isoformat(timespec="seconds")
        return f'<time datetime="{at}">{self._moments.told(moment)}</time>'

    def _folded(self, kind: str, title: SafeString | str, said: SafeString) -> SafeString:
        opening = format_html(self._fold, kind)
        return format_html("{}<summary>{}</summary>{}</details>\n", opening, title, said)

    def _tool(self, tool: Tool) -> SafeString:
        title = format_html("<code>{}</code> {}", _shown(tool.name), doing_of(tool))
        stop = mark_safe("" if self._is_print else ' tabindex="0"')
        return self._folded("call", title, format_html("<pre{}>{}</pre>", stop, _shown(tool.said)))

    def _files(self, files: tuple[Attachment, ...]) -> Iterator[str]:
        yield '<div class="files">\n'
        for file in files:
            picture = picture_of(file)
            yield self._picture(file, picture) if picture else _file(file)
        yield "</div>\n"

    def _picture(self, file: Attachment, picture: Picture) -> str:
        name, anchor = escaped(file.name), f"a-{file.pk.hex}"
        if not self._is_print:
            first = self._seen.setdefault(sha256(picture.content).digest(), anchor)
            if first != anchor:
                return f'<p class="file"><a href="#{first}">{name}</a></p>\n'
        content = b64encode(picture.content).decode("ascii")
        return (
            f'<figure class="picture" id="{anchor}">'
            f'<img src="data:{picture.mime_type};base64,{content}" alt="{name}"'
            f' width="{picture.width}" height="{picture.height}"><figcaption>{name}</figcaption></figure>\n'
        )

    def _notes(self, notes: tuple[Annotation, ...]) -> SafeString:
        said = format_html_join("", "{}", ((self._note(note),) for note in notes))
        title = ngettext("Note", "Notes", len(notes))
        return format_html('<div class="notes"><p class="label">{}</p>{}</div>\n', title, said)

    def _note(self, note: Annotation) -> SafeString:
        quote = format_html("<q>{}</q>", _shown(note.quote)) if note.quote else ""
        who = format_html("<bdi>{}</bdi>", _shown(note.who or "—"))
        when = ""
        if self._options.timestamps:
            when = mark_safe(f" · {self._time(timezone.localtime(note.created_at))}")  # noqa: S308
        return format_html(
            '<div class="note">{}<p>{}</p><p class="who">{}{}</p></div>', quote, _shown(note.body), who, when
        )


def _shown(words: str) -> Any:
    """Words for `format_html`, without what no document may hold."""
    return mark_safe(escaped(words))  # noqa: S308


def _file(file: Attachment) -> SafeString:
    size = filesizeformat(file.size)
    return format_html('<p class="file"><bdi>{}</bdi> <span>{}</span></p>\n', _shown(file.name), size)


def _reactions(entry: Entry) -> SafeString:
    given = ((emoji, ", ".join(names)) for emoji, names in entry.reactions)
    said = format_html_join(
        "", "<li><span>{}</span> <bdi>{}</bdi></li>", ((_shown(one), _shown(who)) for one, who in given)
    )
    return format_html('<ul class="reactions">{}</ul>\n', said)
