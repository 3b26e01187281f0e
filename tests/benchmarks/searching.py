"""Searching all that a person has, on either database: it costs what is found, not what is there.

`BENCH_MESSAGES=1000000 make bench ARGS=search` takes a quarter of an hour to write what it then searches.
"""

from __future__ import annotations

import asyncio
import json
import os

from tests import nursery
from tests.benchmarks.measuring import Bench, Row, times

FEW = 10_000
ALL = int(os.environ.get("BENCH_MESSAGES", "50000"))
# In how many messages each of these stands.
FIRST = {"quayside": 1_000}
THEN = {"lighthouse": 5_000, "to let": 1_000, "港口起重机": 1_000, "everywhere": 15_000, "rarely": 3}
ASKED = {
    "lighthouse": "5,000 hits",
    '"to let"': "1,000 hits of a phrase",
    "起重": "1,000 hits of a part of a text without spaces",
    "lighthouse role:user in:message": "5,000 hits, with filters",
    "lighthouse -everywhere": "5,000 hits, with an exclusion",
    "rarely": "3 hits",
    "everywhere": "15,000 hits, the newest",
    "model:some": "a filter alone, the newest",
}
_RUN = "import django; django.setup(); from tests.benchmarks import library; library.{}()"


async def measure(bench: Bench, aim: float = 10) -> list[Row]:
    await _run(bench, "fill", str(FEW), json.dumps(FIRST))
    few = await _searches(bench, ["quayside"])
    await _run(bench, "fill", str(ALL - FEW), json.dumps(THEN))
    many = await _searches(bench, ["quayside", *ASKED])
    rows = [
        Row(f"search of {ALL:,} messages: {what}", many[typed] * 1e3, "ms", aim if "hits" in what else None)
        for typed, what in ASKED.items()
    ]
    rows.append(
        Row(f"search, 1,000 hits: of {ALL:,} ÷ of {FEW:,}", many["quayside"] / few["quayside"], "×", 2)
    )
    [page] = await times(bench.browser, ["/search/?q=lighthouse"], runs=9)
    return [*rows, Row("search, the whole page", page * 1e3, "ms", 500)]


async def _searches(bench: Bench, typed: list[str]) -> dict[str, float]:
    """The seconds of each."""
    said = await _run(bench, "measure", json.dumps(typed))
    found = json.loads(said.splitlines()[-1])
    assert all(hits for _seconds, hits, *_rest in found.values()), found
    return {one: seconds for one, (seconds, *_rest) in found.items()}


async def _run(bench: Bench, what: str, *arguments: str) -> str:
    return await asyncio.to_thread(bench.server.run, nursery.code, _RUN.format(what), *arguments)
