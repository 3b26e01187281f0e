"""Plain text, readable in 80 columns: for a letter, a terminal, or a program that knows nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.fragments import Tool
from exports.content.facts import facts_of
from exports.content.tools import doing_of
from exports.content.transcript import Entry, GoOn, Transcript
from exports.formats.columns import fit, width_of, wrapped
from exports.formats.contract import Format
from exports.formats.lines import code_lines, lines_of, quoted
from exports.formats.telling import Telling, one_line, reactions, size_of

WIDTH = 80


def write(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
    _put(out, _head(transcript))
    telling = Telling(transcript.options)
    for entry in transcript.entries(go_on):
        _put(out, _section(entry, telling))


FORMAT = Format(
    name="text",
    label=gettext_lazy("Plain text"),
    hint=gettext_lazy("80 columns wide, readable anywhere"),
    suffix=".txt",
    mime_type="text/plain; charset=utf-8",
    write=write,
)


def _put(out: BinaryIO, lines: Iterable[str]) -> None:
    out.write("\n".join([*lines, ""]).encode())


def _head(transcript: Transcript) -> Iterator[str]:
    yield from _headed(one_line(transcript.title), "=")
    if not transcript.options.metadata:
        return
    facts = [(name, one_line(said)) for name, said in facts_of(transcript)]
    indent = max(width_of(name) for name, _said in facts) + 2
    yield ""
    for name, said in facts:
        first, *others = wrapped(said, WIDTH - indent)
        yield f"{name}: {' ' * (indent - width_of(name) - 2)}{first}"
        yield from (" " * indent + line for line in others)


def _headed(words: str, sign: str) -> Iterator[str]:
    lines = wrapped(words, WIDTH)
    yield from lines
    yield sign * max(map(width_of, lines))


def _section(entry: Entry, telling: Telling) -> Iterator[str]:
    """With two blank lines before it, and one between its parts."""
    yield "\n"
    yield from _headed(" · ".join(telling.heading(entry)), "-")
    for part in _parts(entry, telling):
        yield ""
        yield from part


def _parts(entry: Entry, telling: Telling) -> Iterator[Iterable[str]]:
    if place := telling.place(entry):
        yield wrapped(" · ".join(place), WIDTH)
    if entry.thoughts:
        yield [f"{_('Thoughts')}:", *_said(entry.thoughts)]
    for passage, blocks in zip(entry.passages, entry.blocks, strict=True):
        yield from map(_tool, passage.tools)
        if blocks:
            yield lines_of(blocks, WIDTH)
    yield from map(_tool, entry.tools)
    if entry.trouble:
        yield wrapped(one_line(entry.trouble), WIDTH)
    if entry.attachments:
        yield _files(entry)
    if entry.reactions:
        yield wrapped(reactions(entry), WIDTH)
    if telling.has_facts and (facts := telling.facts(entry)):
        yield wrapped(" · ".join(facts), WIDTH)
    for note in entry.notes:
        yield [*wrapped(f"{' · '.join(telling.note(note))}:", WIDTH), *_said(note.body)]


def _tool(tool: Tool) -> list[str]:
    return [*wrapped(f"{one_line(tool.name)} · {doing_of(tool)}:", WIDTH), *code_lines(tool.said)]


def _said(text: str) -> list[str]:
    """What somebody wrote beside a message, with the lines that it was written in."""
    return quoted(wrapped(fit(text).strip("\n").expandtabs(4), WIDTH - 2))


def _files(entry: Entry) -> Iterator[str]:
    yield from wrapped(_("Attached files, which are not in this document:"), WIDTH)
    for file in entry.attachments:
        first, *others = wrapped(f"{one_line(file.name)} ({size_of(file.size)})", WIDTH - 2)
        yield f"- {first}"
        yield from (f"  {line}" for line in others)
