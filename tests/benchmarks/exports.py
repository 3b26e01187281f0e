"""What exports of 10,000 messages cost beside a raw write of the texts, and beside the naive way.

Each format has a process of its own. "Writing" is with all rows read before, which is what a format adds;
"whole" is with the walk and the rows, as an export runs.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests import nursery
from tests.benchmarks.measuring import Bench, Row

LARGE, HALF = 10_000, 5_000
# Of what is laid out on pages, so many stand for all: it takes a minute for a thousand.
LAID_OUT = {"pdf": (400, 200)}
NAIVE = {"html": 1000, "pdf": 100}
# By python-docx's calls, which are slower the longer the document is: 10,000 take many minutes.
CALLED = int(os.environ.get("PARLEY_BENCH_CALLS", "2000"))
# How often the raw write of the texts; writing, with the rows read before.
AIMS = {"markdown": 2.0, "json": 8.0, "html": 6.0}
# Of what python-docx's calls take, thousandths, where there are as many as in the longest.
BY_CALLS = 1000 / 300
MEMORY_MB = {"docx": 150.0}
GROWTH = 2.2
PACE = 1.2
_RUN = "import django; django.setup(); from tests.benchmarks.exporting import main; main()"


@dataclass(frozen=True)
class Worlds:
    """The sessions that are written, by the number of their messages."""

    bench: Bench
    ids: dict[int, str]

    async def ask(self, command: str, *words: str) -> Any:
        return json.loads(await asyncio.to_thread(self.bench.server.run, nursery.code, _RUN, command, *words))


async def measure(bench: Bench) -> list[Row]:
    laid_out = (size for pair in LAID_OUT.values() for size in pair)
    sizes = sorted({LARGE, HALF, CALLED, *NAIVE.values(), *laid_out})
    made = await Worlds(bench, {}).ask("seed", *map(str, sizes))
    worlds = Worlds(bench, dict(zip(sizes, made, strict=True)))
    walk = await worlds.ask("walk", worlds.ids[LARGE])
    rows = [Row(f"walk over {LARGE:,} messages with their rows, CPU", walk, "s")]
    for name, obstacle in (await worlds.ask("formats")).items():
        if obstacle:
            print(f"{name} is left out: {obstacle}")
            continue
        large, half = LAID_OUT.get(name, (LARGE, HALF))
        found = await _both(worlds, name, large, half)
        rows += found.rows()
        if name in COMPARED:
            rows += await COMPARED[name](worlds, found)
    return rows


@dataclass(frozen=True)
class Found:
    """Of a format: what exports of so many messages, and of half of them, took."""

    name: str
    count: int
    whole: dict[str, float]
    half: dict[str, float]
    # CPU of the raw write, and of the format with the rows read before; None where it reads them itself.
    raw: float
    writing: float | None

    def rows(self) -> list[Row]:
        name, cpu = f"{self.name}: ", self.whole["cpu"]
        rows = [
            Row(f"{name}{self.count:,} messages, CPU", cpu, "s"),
            Row(f"{name}CPU, of {self.count:,} ÷ of half", cpu / self.half["cpu"], "×", GROWTH),
            Row(f"{name}size", self.whole["size"] / 1e6, "MB"),
            Row(f"{name}memory it grew by", self.whole["memory"] / 1e6, "MB", MEMORY_MB.get(self.name)),
        ]
        return rows if self.name in LAID_OUT else [*rows, *self._beside_raw()]

    def _beside_raw(self) -> list[Row]:
        rows = [Row(f"{self.name}: whole ÷ raw write", self.whole["cpu"] / self.raw, "×")]
        if self.writing is not None:
            aim = AIMS.get(self.name)
            rows.append(Row(f"{self.name}: writing ÷ raw write", self.writing / self.raw, "×", aim))
        return rows


async def _both(worlds: Worlds, name: str, large: int, half: int) -> Found:
    whole, less = [await worlds.ask("whole", name, worlds.ids[size]) for size in (large, half)]
    beside = await worlds.ask("writing", name, worlds.ids[large], "1" if name in LAID_OUT else "99")
    return Found(name, large, whole, less, beside["raw"], beside["writing"])


async def _rendered_anew(worlds: Worlds, found: Found) -> list[Row]:
    count = NAIVE["html"]
    anew = await worlds.ask("by", "render_anew", worlds.ids[count]) / count * found.count
    return [
        Row(f"html: rendered anew, of {count:,} messages scaled up, CPU", anew, "s"),
        Row("html: whole ÷ rendered anew", found.whole["cpu"] / anew, "×"),
    ]


async def _by_calls(worlds: Worlds, found: Found) -> list[Row]:
    """As many by each, from rows that were read before; the calls highlight no code, and know no links."""
    calls = await worlds.ask("by", "call_for_each_paragraph", worlds.ids[CALLED])
    beside = await worlds.ask("writing", "docx", worlds.ids[CALLED], "99")
    tenths = await worlds.ask("tenths", "docx", worlds.ids[LARGE])
    aim = BY_CALLS if CALLED >= LARGE else None
    return [
        Row(f"docx: {CALLED:,} by python-docx's calls, CPU", calls, "s"),
        Row(f"docx: writing {CALLED:,}, CPU", beside["writing"], "s"),
        Row(f"docx: writing {CALLED:,}, thousandths of the calls", beside["writing"] / calls * 1e3, "‰", aim),
        Row(f"docx: last tenth of {LARGE:,} ÷ first, CPU", tenths[-1] / tenths[0], "×", PACE),
    ]


async def _laid_out_plainly(worlds: Worlds, found: Found) -> list[Row]:
    count = NAIVE["pdf"]
    part = await worlds.ask("whole", "pdf", worlds.ids[count])
    plain = await worlds.ask("by", "plain_pages", worlds.ids[count]) / count
    one = await worlds.ask("by", "one_document", worlds.ids[count]) / count
    return [
        Row(f"pdf: a message, of {found.count}, CPU", found.whole["cpu"] / found.count * 1e3, "ms"),
        Row(f"pdf: bare text in WeasyPrint, of {count}, a message", plain * 1e3, "ms"),
        Row(f"pdf: what is kept, in one document, of {count}, a message", one * 1e3, "ms"),
        Row("pdf: a message ÷ bare text", found.whole["cpu"] / found.count / plain, "×", 2),
        Row("pdf: memory of a worker", found.whole["workers"] / 1e6, "MB"),
        Row(
            f"pdf: memory of a worker, of {found.count} ÷ of {count} messages",
            found.whole["workers"] / part["workers"] if part["workers"] else 1,
            "×",
            1.5,
        ),
    ]


COMPARED: dict[str, Callable[[Worlds, Found], Awaitable[list[Row]]]] = {
    "html": _rendered_anew, "docx": _by_calls, "pdf": _laid_out_plainly,
}  # fmt: skip
