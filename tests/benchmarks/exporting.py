"""Seeds conversations and writes them, each format in a process of its own; to be run within a Parley.

What it finds out it prints as JSON, for `tests.benchmarks.exports`.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from chat.models import Message, Session, User
from chat.rendering import RENDERER_VERSION, render
from exports.content.outline import outline_of
from exports.content.transcript import Entry, GoOn, Transcript, not_told
from exports.formats import FORMATS, html
from exports.formats import json as parley_json
from exports.formats.lineage import Lineage
from exports.options import Options
from tests.benchmarks import naive
from tests.benchmarks.conversing import conversation
from tests.benchmarks.measuring import PAGE

RUNS = 7
WARM = 20


def main() -> None:
    command, *arguments = sys.argv[1:]
    logging.disable(logging.INFO)  # WeasyPrint tells of each page
    print(json.dumps(COMMANDS[command](*arguments)))


def formats() -> dict[str, str]:
    """All of them, each with what is in its way, if anything is."""
    return {name: str(one.obstacle()) for name, one in FORMATS.items()}


def seed(*counts: str) -> list[str]:
    """The ids of sessions of so many messages each; the shorter ones are the start of the longest."""
    texts = list(conversation(max(map(int, counts))))
    kept = [render(text, prefix=f"{number:032x}") for number, text in enumerate(texts)]
    return [str(_session(texts[: int(count)], kept).pk) for count in counts]


@transaction.atomic
def _session(texts: Sequence[str], kept: Sequence[str]) -> Session:
    owner = User.objects.get(username="alice")
    begun = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    session = Session.objects.create(
        owner=owner, name=f"{len(texts):,} messages", message_count=len(texts), updated_at=begun
    )
    rows: list[Message] = []
    for depth, text in enumerate(texts):
        reply = {"role": "assistant", "model": "oracle-1", "input_tokens": 40 * depth, "output_tokens": 700}
        timing = {"cost": Decimal("0.0021"), "duration_ms": 9000 + depth, "tokens_per_second": 71.5}
        said = {**reply, **timing} if depth % 2 else {"role": "user", "author": owner}
        parent = rows[-1] if rows else None
        shown = {"html": kept[depth], "html_version": RENDERER_VERSION}
        rows.append(Message(session=session, parent=parent, depth=depth, content=text, **said, **shown))
    Message.objects.bulk_create(rows, batch_size=500)
    for depth, row in enumerate(rows):
        row.created_at = begun + timedelta(minutes=depth)
    Message.objects.bulk_update(rows, ["created_at"], batch_size=500)
    return session


class Ready(Transcript):
    """A transcript whose rows were read beforehand: what is left is writing."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, Options())
        self.kept = list(super().entries())
        self.was_asked = False

    def entries(self, go_on: GoOn = not_told) -> Iterator[Entry]:
        self.was_asked = True
        for done, entry in enumerate(self.kept):
            go_on(done / len(self.kept))
            yield entry

    def hand_out(self) -> None:
        """What formats read besides the entries, read beforehand too."""
        lines, lineage = list(outline_of(self)), Lineage(self)
        views = list(lineage.views())

        def handed_out(_transcript: Transcript) -> Lineage:
            self.was_asked = True
            return lineage

        vars(lineage)["views"] = lambda: iter(views)
        vars(parley_json)["Lineage"] = handed_out
        vars(html)["outline_of"] = lambda _transcript: iter(lines)


def whole(name: str, session_id: str) -> dict[str, float]:
    """CPU with reading the rows, of this process and those it started; memory beyond what it began with."""
    session = Session.objects.get(pk=session_id)
    _warm(name, session)
    began = _resident()
    Path("/proc/self/clear_refs").write_text("5")  # the peak from here on
    with tempfile.TemporaryFile() as out:
        used = _cpu(lambda: FORMATS[name].write(Transcript(session, Options()), out, not_told))
        size = out.seek(0, io.SEEK_END)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return {"cpu": used, "size": size, "memory": _peak() - began, "workers": children}


def writing(name: str, session_id: str, runs: str) -> dict[str, float | None]:
    """CPU of the raw write of the texts, and of the format with all rows read before, or none if it reads
    them itself; each the best of some runs, taken in turns."""
    ready = Ready(Session.objects.get(pk=session_id))
    ready.hand_out()
    raw, made = [], []
    for run in range(RUNS):
        with tempfile.TemporaryFile() as out:
            raw.append(_cpu(lambda: _raw(ready, out)))
        if run < int(runs) and (ready.was_asked or not run):
            with tempfile.TemporaryFile() as out:
                made.append(_cpu(lambda: FORMATS[name].write(ready, out, not_told)))
    return {"raw": min(raw), "writing": min(made) if ready.was_asked else None}


class Tenths:
    """CPU at the end of each tenth of the messages, by what a format says of how far it is."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def __call__(self, share: float) -> None:
        if len(self.ends) <= 10 and share * 10 >= len(self.ends):
            self.ends.append(_used())


def tenths(name: str, session_id: str) -> list[float]:
    """CPU of each tenth of the messages, with reading their rows; the best of some runs."""
    session = Session.objects.get(pk=session_id)
    _warm(name, session)
    runs = []
    for _run in range(RUNS):
        pace = Tenths()
        with tempfile.TemporaryFile() as out:
            FORMATS[name].write(Transcript(session, Options()), out, pace)
        runs.append([end - begun for begun, end in pairwise(pace.ends)])
    return [min(one) for one in zip(*runs, strict=True)]


def walk(session_id: str) -> float:
    """CPU of reading all rows once."""
    session = Session.objects.get(pk=session_id)
    return _cpu(lambda: sum(1 for _entry in Transcript(session, Options()).entries()))


def by(way: str, session_id: str) -> float:
    """CPU of a naive way, a second time: what loads once counts for none."""
    entries = list(Transcript(Session.objects.get(pk=session_id), Options()).entries())
    work = WAYS[way]
    work(entries[:WARM])
    return _cpu(lambda: work(entries))


def _raw(ready: Ready, out: BinaryIO) -> None:
    for entry in ready.kept:
        out.write(entry.view.content.encode())


def _warm(name: str, session: Session) -> None:
    """So that what loads once counts for none."""
    keys = Message.objects.on_path(session).order_by("depth").values_list("pk", flat=True)[:WARM]
    with tempfile.TemporaryFile() as out:
        few = Transcript(session, Options(message_ids=tuple(keys)))
        FORMATS[name].write(few, out, not_told)


def _cpu(work: Callable[[], Any]) -> float:
    begun = _used()
    work()
    return _used() - begun


def _used() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def _peak() -> int:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


COMMANDS: dict[str, Callable[..., Any]] = {
    "formats": formats, "seed": seed, "walk": walk,
    "whole": whole, "writing": writing, "tenths": tenths, "by": by,
}  # fmt: skip
WAYS: dict[str, Callable[[list[Entry]], Any]] = {
    one.__name__: one
    for one in (naive.render_anew, naive.call_for_each_paragraph, naive.plain_pages, naive.one_document)
}
