"""Branches, duplicates, merges, comparisons and the map of long conversations, on either database."""

from __future__ import annotations

import time

from tests.benchmarks.measuring import MODEL, Bench, Row, cpu_seconds, median, times

SHORT, LONG, HUGE = 1_000, 10_000, 1_000_000
RUNS = 5
LOOKS = 9
# As many as a page of the map has.
FORKS = 20


async def measure(bench: Bench) -> list[Row]:
    short, long = [
        await bench.fill(size, kind, "--forks", str(FORKS), "--indexed")
        for kind, size in enumerate((SHORT, LONG), 1)
    ]
    rows = [
        *await _copies(bench, "branch", short, long),
        *await _copies(bench, "duplicate", short, long),
        *await _merges(bench, short, long),
        *await _comparisons(bench, short, long),
    ]
    return [*rows, *await _maps(bench)]


async def _copies(bench: Bench, verb: str, short: str, long: str) -> list[Row]:
    few = [await _take(bench, f"{short}/{verb}", 201) for _ in range(RUNS)]
    used = cpu_seconds(bench.server.pid)
    many = [await _take(bench, f"{long}/{verb}", 201) for _ in range(RUNS)]
    used = (cpu_seconds(bench.server.pid) - used) / RUNS
    return [
        Row(f"{verb} of {LONG:,} messages", median(many), "s", 1 if verb == "branch" else None),
        Row(f"{verb} of {LONG:,} messages, CPU of the server", used, "s", 1),
        _for_each(verb, median(many), median(few)),
    ]


async def _merges(bench: Bench, short: str, long: str) -> list[Row]:
    """Each into conversations that have nothing in common with it."""
    took = []
    for source in (short, long):
        targets = [await bench.new_session(MODEL) for _ in range(RUNS)]
        took.append([await _take(bench, f"{one}/merge", 200, {"source_id": source}) for one in targets])
    few, many = map(median, took)
    return [Row(f"merge of {LONG:,} messages", many, "s"), _for_each("merge", many, few)]


def _for_each(verb: str, many: float, few: float) -> Row:
    name = f"{verb}, for each message, of {LONG:,} ÷ of {SHORT:,}"
    return Row(name, many / LONG / (few / SHORT), "×", 1.5)


async def _take(bench: Bench, path: str, status: int, body: object = None) -> float:
    begun = time.monotonic()
    answer = await bench.client.post(f"/api/chat/sessions/{path}", body)
    took = time.monotonic() - begun
    assert answer.status == status, answer.body
    return took


async def _comparisons(bench: Bench, short: str, long: str) -> list[Row]:
    """Each with a branch of itself, of which all is common: the pages are alike."""
    paths = []
    for session in (short, long):
        branch = (await bench.client.post(f"/api/chat/sessions/{session}/branch")).json()["id"]
        paths.append(f"/chat/{session}/compare/{branch}/")
    few, many = await times(bench.browser, paths, runs=LOOKS)
    return [
        Row(f"compare {LONG:,} messages with a branch", many * 1e3, "ms", 500),
        Row(f"compare, of {LONG:,} ÷ of {SHORT:,}", many / few, "×", LONG / SHORT),
    ]


async def _maps(bench: Bench) -> list[Row]:
    paths = [
        f"/chat/{await bench.fill(size, kind, '--forks', str(FORKS))}/map/"
        for kind, size in enumerate((100, HUGE), 3)
    ]
    few, many = await times(bench.browser, paths, runs=LOOKS)
    return [
        Row(f"map of {HUGE:,} messages with {FORKS} forks", many * 1e3, "ms", 500),
        Row(f"map, of {HUGE:,} ÷ of 100", many / few, "×", 1.5),
    ]
