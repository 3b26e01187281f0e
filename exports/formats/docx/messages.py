"""A message as the document tells it: who said it and when, and what was said."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from chat.models import Message
from exports.content.blocks import Block, Heading, Line, NoteMark, Paragraph, Run, plain_of
from exports.content.moments import Moments
from exports.content.outline import LONGEST
from exports.content.transcript import Entry
from exports.content.usage import Usage
from exports.formats.docx.beside import beside, tool_told
from exports.formats.docx.contents import Contents
from exports.formats.docx.footnotes import Footnotes
from exports.formats.docx.inlines import is_rtl
from exports.formats.docx.markup import bookmark, inward, paragraph, run
from exports.formats.docx.package import Media
from exports.formats.docx.places import TOP, Place
from exports.formats.docx.story import Story, words
from exports.options import Options

_DEEPEST = 9
_RULE = '<w:pBdr><w:top w:val="single" w:sz="4" w:space="8" w:color="DCE4E4"/></w:pBdr>'
# As in the style of what a person said, so that it is one line down the side.
_BAR = '<w:pBdr><w:left w:val="single" w:sz="18" w:space="10" w:color="8FCBC4"/></w:pBdr>'
_PROMPT = Place(style="Prompt")
_GAP = " · "


class Messages:
    """Writes one message after the other, and remembers their headings."""

    def __init__(self, options: Options, footnotes: Footnotes, media: Media) -> None:
        self.contents = Contents(options.heading_level + 1)
        self._options = options
        self._usage = Usage()
        self._footnotes = footnotes
        self._media = media
        self._bookmarks = 0
        self._moments = Moments()

    def of(self, entry: Entry, story: Story) -> str:
        passages = entry.blocks
        is_prompt = entry.message.role == Message.Role.USER
        made = [self._head(entry, passages[0], is_prompt=is_prompt)]
        if entry.thoughts:
            made += words(_("Thoughts"), "AsideLabel"), words(entry.thoughts, "Aside")
        for passage, blocks in zip(entry.passages, passages, strict=True):
            made += map(tool_told, passage.tools)
            self._footnotes.open(blocks)
            made.append(story.of(blocks, _PROMPT if is_prompt else TOP))
            made.append(story.of(self._footnotes.unmarked(), TOP))
        made.append(beside(entry, self._media))
        return "".join(made)

    def inner_heading(self, level: int, line: Line, content: str, indent: str) -> str:
        """One within a message, where it counts from 1."""
        level = min(self.contents.top + level, _DEEPEST)
        text = _told(line)
        if text and (name := self.contents.add(level, text)):
            content = self._marked(name, content)
        return paragraph(content, f"Heading{level}", is_rtl=is_rtl(line), indent=indent)

    def _marked(self, name: str, content: str) -> str:
        self._bookmarks += 1
        return bookmark(self._bookmarks, name, content)

    def _head(self, entry: Entry, blocks: tuple[Block, ...], *, is_prompt: bool) -> str:
        moment = self._moments.told(entry.written_at) if entry.written_at else ""
        line = (Run(entry.speaker), *([Run(_GAP + moment)] if moment else ()))
        rtl = is_rtl(line)
        content = run(entry.speaker, style="Person" * is_prompt, is_rtl=rtl)
        content += run(_GAP + moment, style="Moment", is_rtl=rtl) if moment else ""
        if is_prompt:
            content = self._asked(entry, blocks, content)
        if self._options.alternatives:
            content = self._marked(_place(entry.number), content)
        frame = _BAR if is_prompt else _RULE
        made = paragraph(content, f"Heading{self.contents.top}", is_rtl=rtl, frame=frame)
        usage = self._usage.of(entry.message) if self._options.metadata else []
        told = [*self._order(entry), *map(run, usage)]
        bar = _BAR if is_prompt else ""
        return made + (paragraph(run(_GAP).join(told), "Facts", frame=bar) if told else "")

    def _asked(self, entry: Entry, blocks: tuple[Block, ...], content: str) -> str:
        """The heading of a question, with what the contents tell of it."""
        lines = (block.line for block in blocks if isinstance(block, Paragraph | Heading))
        start = _told(next(lines, (Run(entry.text[: 2 * LONGEST]),)))
        told = start or entry.speaker
        if len(told) > LONGEST:
            told = f"{told[: LONGEST - 1].rstrip()}…"
        content += self.contents.question(told)
        name = self.contents.add(self.contents.top, told)
        return self._marked(name, content) if name else content

    def _order(self, entry: Entry) -> Iterator[str]:
        """Which of several versions it is, and what it follows where that is not what stands before it."""
        if self._options.alternatives:
            yield run(_("Message %(n)s") % {"n": entry.number})
        if entry.version:
            place, count = entry.version
            yield run(_("Alternative %(place)s of %(count)s") % {"place": place, "count": count})
        if entry.follows:
            told = run(_("follows message %(n)s") % {"n": entry.follows}, style="Hyperlink")
            yield inward(_place(entry.follows), told)
        elif entry.follows == 0:
            yield run(_("begins anew"))


def _place(number: int) -> str:
    return f"message_{number}"


def _told(line: Line) -> str:
    """A line as the contents tell it."""
    return " ".join(plain_of(piece for piece in line if not isinstance(piece, NoteMark)).split())
