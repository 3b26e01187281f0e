"""One message as an `<article>`: the markup that the formats made of HTML share. It knows no style."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.fragments import Tool, duration
from chat.models import Annotation, Attachment, Message
from exports.bodies import Bodies, escaped
from exports.options import Options
from exports.pictures import Picture, picture_of
from exports.transcript import Entry


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
        self._number = escaped(_("Message %(n)s")).replace("%(n)s", "{}")
        self._days: dict[date, str] = {}
        self._minutes: dict[tuple[int, int], str] = {}
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

    def of(self, entry: Entry) -> Iterator[str]:
        """The article in pieces, each picture one of its own."""
        yield self._head(entry)
        if entry.attachments:
            yield from self._files(entry.attachments)
        if entry.thoughts:
            yield self._folded("thoughts", _("Thoughts"), format_html("<p>{}</p>", _shown(entry.thoughts)))
        for tool in entry.tools:
            yield self._tool(tool)
        if html := entry.html:
            yield f'<div class="prose">{self._bodies.of(html)}</div>\n'
        if entry.trouble:
            yield format_html('<p class="trouble">{}</p>\n', _shown(entry.trouble))
        if entry.reactions:
            yield _reactions(entry)
        if self._options.metadata and (usage := usage_of(entry.message)):
            yield f'<p class="facts">{escaped(" · ".join(usage))}</p>\n'
        if entry.notes:
            yield self._notes(entry.notes)
        yield "</article>\n"

    def _head(self, entry: Entry) -> str:
        anchor, number, heading = entry.anchor, entry.number, self._heading
        label = self._number.format(number)
        kind = entry.message.role if entry.message.is_active else f"{entry.message.role} aside"
        when = "" if entry.written_at is None else self._time(entry.written_at)
        place, name = (self._place(entry), f' id="n{number}"') if self._options.alternatives else ("", "")
        return (
            f'<article class="entry {kind}" id="{anchor}">\n'
            f"<header><{heading}><bdi>{escaped(entry.speaker)}</bdi></{heading}>{place}{when}"
            f'<a class="number"{name} href="#{anchor}" aria-label="{label}">{number}</a>'
            "</header>\n"
        )

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
        """As a short date with its time. The halves come again and again, and cost more than all the rest."""
        day, minute = moment.date(), (moment.hour, moment.minute)
        if day not in self._days:
            self._days[day] = escaped(date_format(moment, "SHORT_DATE_FORMAT"))
        if minute not in self._minutes:
            self._minutes[minute] = escaped(date_format(moment, "TIME_FORMAT"))
        words = f"{self._days[day]} {self._minutes[minute]}"
        return f'<time datetime="{moment.isoformat(timespec="seconds")}">{words}</time>'

    def _folded(self, kind: str, title: SafeString | str, said: SafeString) -> SafeString:
        opening = format_html(self._fold, kind)
        return format_html("{}<summary>{}</summary>{}</details>\n", opening, title, said)

    def _tool(self, tool: Tool) -> SafeString:
        states = {"complete": "", "error": _("Failed")}
        words = [_("called") if tool.is_call else _("answered"), states.get(tool.state, _("Running"))]
        title = format_html("<code>{}</code> {}", _shown(tool.name), " · ".join(filter(None, words)))
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


def usage_of(message: Message) -> list[str]:
    """What a reply took, as far as anybody knows."""
    facts = []
    if message.input_tokens is not None:
        facts.append(_("%(n)s tokens sent") % {"n": number_format(message.input_tokens)})
    if message.output_tokens is not None:
        facts.append(_("%(n)s tokens received") % {"n": number_format(message.output_tokens)})
    if message.cost is not None:
        facts.append(f"${number_format(message.cost.normalize())}")
    if message.duration_ms is not None:
        facts.append(duration(message.duration_ms))
    return facts


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
