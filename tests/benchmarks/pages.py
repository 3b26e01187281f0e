"""The newest page of a conversation of ten, ten thousand and a million messages, as API and as a page."""

from __future__ import annotations

from tests.benchmarks.measuring import Bench, Row, id_at, times

SIZES = (10, 10_000, 1_000_000)
RUNS = 15


async def measure(bench: Bench) -> list[Row]:
    sessions = [await bench.fill(size, kind) for kind, size in enumerate(SIZES, 1)]
    rows: list[Row] = []
    for name, client, path in (
        ("API", bench.client, "/api/chat/sessions/{}/messages"),
        ("page", bench.browser, "/chat/{}/"),
    ):
        took = await times(client, [path.format(session) for session in sessions], runs=RUNS)
        for size, seconds in zip(SIZES, took, strict=True):
            rows.append(Row(f"newest {name} of {size:,} messages", seconds * 1e3, "ms", 500))
        rows.append(Row(f"newest {name}, of a million ÷ of ten", took[-1] / took[0], "×", 1.5))
    ids = [id_at(kind, size // 2) for kind, size in enumerate(SIZES, 1)]
    links = [f"/chat/{session}/?at={key}" for session, key in zip(sessions, ids, strict=True)]
    took = await times(bench.browser, links, runs=RUNS)
    for size, seconds in zip(SIZES, took, strict=True):
        rows.append(Row(f"page at the middle of {size:,} messages", seconds * 1e3, "ms", 500))
    rows.append(Row("page at the middle, of a million ÷ of ten", took[-1] / took[0], "×", 1.5))
    # The last 100,000 messages are read, whatever is found; further back at the next question.
    finds = [f"/chat/{session}/find/?q=nowhere" for session in sessions]
    for size, seconds in zip(SIZES, await times(bench.browser, finds, runs=RUNS), strict=True):
        rows.append(Row(f"words that are nowhere in {size:,} messages", seconds * 1e3, "ms", 500))
    return rows
