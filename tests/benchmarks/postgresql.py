"""The same benchmark once more, on PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests import services
from tests.benchmarks.measuring import Bench, Row

Measure = Callable[[Bench], Awaitable[list[Row]]]


def on_postgresql(measure: Measure) -> Measure:
    """With servers of its own; nothing where PostgreSQL is not installed."""

    async def measured(bench: Bench) -> list[Row]:
        try:
            with tempfile.TemporaryDirectory(prefix="parley-bench-") as name, services.postgres() as postgres:
                folder = Path(name)
                url = services.create_database(postgres, "parley")
                with services.parley(
                    services.settings_for(folder, DATABASE_URL=url), folder, afresh=True
                ) as server:
                    return await measure(Bench(server, bench.upstream_url))
        except pytest.skip.Exception as missing:
            print(f"not measured on PostgreSQL: {missing}")
            return []

    return measured
