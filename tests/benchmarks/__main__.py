"""Runs the benchmarks that are named, or all: a table on the screen, and JSON in `$PARLEY_DATA/bench/`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tests import services
from tests.benchmarks import (
    browser,
    browser_scroll,
    browser_stream,
    desk,
    exports,
    first_token,
    page_socket,
    pages,
    prompts,
    providers,
    rendering_rows,
    searching,
    side_by_side,
    starting,
    streams,
    tree,
)
from tests.benchmarks.measuring import Bench, Row
from tests.benchmarks.postgresql import on_postgresql

BENCHMARKS: dict[str, Callable[[Bench], Awaitable[list[Row]]]] = {
    "start": starting.measure,
    "first-token": first_token.measure_first_token,
    "long-reply": first_token.measure_long_reply,
    "streams": streams.measure,
    "many-streams": streams.measure_many,
    "side-by-side": side_by_side.measure,
    "page-socket": page_socket.measure,
    "rendering": rendering_rows.measure,
    "pages": pages.measure,
    "providers": providers.measure,
    "prompts": prompts.measure,
    "prompts-on-postgresql": on_postgresql(prompts.measure),
    "tree": tree.measure,
    "tree-on-postgresql": on_postgresql(tree.measure),
    "desk": desk.measure,
    "desk-on-postgresql": on_postgresql(desk.measure),
    "search": searching.measure,
    "search-on-postgresql": on_postgresql(partial(searching.measure, aim=50)),
    "exports": exports.measure,
    "browser": browser.measure,
    "browser-scroll": browser_scroll.measure,
    "browser-stream": browser_stream.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    rows: list[tuple[str, Row]] = []
    for name in names:
        for row in run(name):
            rows.append((name, row))
            show(row)
    keep(rows)


def run(name: str) -> list[Row]:
    """One benchmark on a server that has done nothing before."""
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        path = Path(folder)
        with (
            services.upstream(path) as url,
            services.parley(services.settings_for(path), path, afresh=True) as server,
        ):
            return asyncio.run(_measure(name, server, url))


async def _measure(name: str, server: services.Parley, url: str) -> list[Row]:
    bench = await asyncio.to_thread(Bench, server, url)
    return await BENCHMARKS[name](bench)


def show(row: Row) -> None:
    aim = "" if row.aim is None else f"≤ {row.aim:g}"
    print(f"{row.name:<58} {row.value:>10.2f} {row.unit:<3} {aim:>8}  {row.verdict}", flush=True)


def keep(rows: list[tuple[str, Row]]) -> None:
    folder = Path(os.environ.get("PARLEY_DATA", services.ROOT / "var")) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    found = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "rows": [{"benchmark": name, **asdict(row), "verdict": row.verdict} for name, row in rows],
    }
    path = folder / time.strftime("%Y%m%d-%H%M%S.json", time.gmtime())
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False))
    print(f"Kept in {path}")


if __name__ == "__main__":
    main()
