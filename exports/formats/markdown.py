"""Markdown: each message under a heading of its own, its text as it was written.

What we write ourselves is as Prettier would lay it out; what people wrote is touched only where it would mean
something else among the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.fragments import Tool, project_of
from chat.rendering.lines import clean
from chat.wire import time_json
from exports.content.entries import Entry
from exports.content.facts import models_of
from exports.content.tools import doing_of
from exports.content.transcript import GoOn, Transcript
from exports.formats.contract import Format
from exports.formats.gathering import in_large_pieces
from exports.formats.mending import LOWEST, Mender
from exports.formats.telling import Telling, one_line, reactions, size_of

# Of brackets the closing one alone: `\[` begins a formula.
_SIGNS = re.compile(r"[\\`*\]<$]|~(?=~)|(?<=~)~|\b_\B|\B_\b|\B_\B|&(?=#?\w+;)|#+$")
_UNFIT = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n"))
_DOLLAR = r"\$"
_TICKS = re.compile(r"`+")
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")


def write(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
    writer = _Writer(transcript)
    with in_large_pieces(out) as pieces:
        pieces.write(writer.head().encode("utf-8", "replace"))
        for entry in transcript.entries(go_on):
            pieces.writelines(writer.section(entry))


FORMAT = Format(
    name="markdown",
    label="Markdown",
    hint=gettext_lazy("The texts as they were written, for editors and other programs"),
    suffix=".md",
    mime_type="text/markdown; charset=utf-8",
    write=write,
)


class _Writer:
    def __init__(self, transcript: Transcript) -> None:
        options = transcript.options
        self._transcript = transcript
        self._telling = Telling(options)
        self._is_tree = options.alternatives
        self._speakers: dict[str, str] = {}
        self._level = min(LOWEST, options.heading_level + 1)
        self._signs = "#" * self._level
        is_language = _LANGUAGE.fullmatch(options.code_language)
        self._mended = Mender(self._level, options.code_language if is_language else "").mended

    def head(self) -> str:
        title = f"{'#' * self._transcript.options.heading_level} {_words(self._transcript.title)}\n"
        return f"---\n{self._matter()}---\n\n{title}" if self._transcript.options.metadata else title

    def section(self, entry: Entry) -> Iterable[bytes]:
        """With a blank line before it. In pieces: most texts are ASCII, quicker to encode by themselves."""
        text = self._said(entry)
        above = "\n\n".join(self._above(entry)) if self._is_tree or entry.thoughts else self._heading(entry)
        below = "\n\n".join(self._below(entry))
        return (
            above.encode(),
            b"\n\n" if text else b"",
            text,
            f"\n\n{below}\n".encode("utf-8", "replace") if below else b"\n",
        )

    def _said(self, entry: Entry) -> bytes:
        """The texts, with tools in their places."""
        first, *others = entry.passages
        if not (others or first.tools):
            return self._text(first.text, f"{entry.number}-")
        pieces: list[bytes] = []
        for number, passage in enumerate(entry.passages):
            pieces += [
                block.encode("utf-8", "replace") for tool in passage.tools for block in self._tool(tool)
            ]
            pieces.append(self._text(passage.text, f"{entry.number}p{number}-"))
        return b"\n\n".join(filter(None, pieces))

    def _text(self, text: str, prefix: str) -> bytes:
        """Of texts that no document may hold the signs are replaced."""
        try:
            written = self._mended(text, prefix).encode()
            if len(written.translate(None, _CONTROLS)) == len(written):
                return written
        except UnicodeEncodeError:
            pass
        return self._mended(clean(text), prefix).encode()

    def _heading(self, entry: Entry) -> str:
        speaker = self._speakers.get(entry.speaker)
        if speaker is None:
            speaker = self._speakers[entry.speaker] = _words(entry.speaker)
        who = f"{entry.number}. {speaker}" if self._is_tree else speaker
        when = entry.written_at
        told = f"\n{self._signs} {who}"
        return told if when is None else f"{told} · {self._telling.moment(when)}"

    def _above(self, entry: Entry) -> Iterator[str]:
        yield self._heading(entry)
        if self._is_tree and (place := self._telling.place(entry)):
            yield f"_{' · '.join(place)}_"
        if entry.thoughts:
            yield self._quoted(_("Thoughts"), entry.thoughts, f"{entry.number}t-")

    def _below(self, entry: Entry) -> list[str]:
        view = entry.view
        blocks: list[str] = []
        if view.attachments or entry.tools or entry.trouble or entry.reactions:
            blocks += self._beside(entry)
        if self._telling.has_facts and (facts := self._telling.facts(entry)):
            blocks.append(f"_{' · '.join(facts).replace('$', _DOLLAR)}_")
        if entry.notes:
            blocks += self._notes(entry)
        return blocks

    def _beside(self, entry: Entry) -> Iterator[str]:
        for tool in entry.tools:
            yield from self._tool(tool)
        if entry.trouble:
            yield f"**{_words(entry.trouble)}**"
        if entry.attachments:
            yield _("Attached files, which are not in this document:")
            yield "\n".join(f"- {_code(file.name)} ({size_of(file.size)})" for file in entry.attachments)
        if entry.reactions:
            yield _words(reactions(entry))

    def _tool(self, tool: Tool) -> Iterator[str]:
        yield f"**{_code(tool.name)} {doing_of(tool)}**"
        said = clean(tool.said).rstrip("\n")
        language = "json" if said[:1] in ("{", "[") else ""
        fence = "`" * max(3, *(len(ticks) + 1 for ticks in _TICKS.findall(said)), 3)
        yield f"{fence}{language}\n{said}\n{fence}"

    def _notes(self, entry: Entry) -> Iterator[str]:
        for place, note in enumerate(entry.notes, 1):
            label = " · ".join(self._telling.note(note))
            yield self._quoted(label, note.body, f"{entry.number}n{place}-")

    def _quoted(self, label: str, text: str, prefix: str) -> str:
        lines = self._mended(clean(text), prefix).split("\n")
        return "\n".join([f"> **{_words(label)}**", ">", *(f"> {line}" if line else ">" for line in lines)])

    def _matter(self) -> str:
        """What the conversation is, as YAML, with keys that programs know."""
        session = self._transcript.session
        project = project_of(session)
        fields = {
            "title": _yaml(self._transcript.title),
            "project": _yaml(project.name) if project else "",
            "models": _yaml_list(models_of(self._transcript)),
            "created": _moment(session.created_at),
            "updated": _moment(session.updated_at),
            "tags": _yaml_list(sorted(tag.name for tag in session.tags.all())),
            "messages": str(self._transcript.count()),
        }
        return "".join(
            f"{name}:{'' if said[0] == chr(10) else ' '}{said}\n" for name, said in fields.items() if said
        )


def _words(words: str) -> str:
    """Plain words as Markdown that says just them, on one line."""
    return _SIGNS.sub(lambda sign: f"\\{sign[0]}", one_line(words))


def _code(words: str) -> str:
    """Words between backticks, however many of these are in them."""
    shown = one_line(words) or " "
    ticks = "`" * max([0, *map(len, _TICKS.findall(shown))])
    return f"{ticks}` {shown} `{ticks}" if ticks else f"`{shown}`"


def _yaml(words: str) -> str:
    """A string of JSON, which is one of YAML; with quotes in it as Prettier would have it."""
    shown = one_line(words)
    told = _UNFIT.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(shown, ensure_ascii=False))
    if '"' in shown and "\\" not in shown:
        return "'" + shown.replace("'", "''") + "'"
    return told


def _yaml_list(words: Iterable[str]) -> str:
    return "".join(f"\n  - {_yaml(one)}" for one in words)


def _moment(moment: datetime) -> str:
    return time_json(moment.replace(microsecond=0))
