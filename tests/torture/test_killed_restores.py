"""C11: a restore is killed on its way: what there is then is all as it was, or all as in the backup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import nursery, services

pytestmark = pytest.mark.torture
KILLS = 6


def torture(environment: services.Environment) -> None:
    folder = Path(environment["PARLEY_DATA"])
    with services.parley(environment, folder) as parley:
        services.prepare(parley, provider_url="http://127.0.0.1:9/v1")
        said = parley.run(nursery.module, "tests.torture.dying", str(KILLS))
    found = re.search(r"old (\d+) new (\d+)", said)
    assert found, said
    old, new = map(int, found.groups())
    assert (old + new, old > 0, new > 0) == (KILLS, True, True)


def test_a_restore_that_is_killed_is_done_or_not_on_sqlite(alone: services.Environment) -> None:
    torture(alone)


@pytest.mark.postgres
def test_a_restore_that_is_killed_is_done_or_not_on_postgresql(tmp_path: Path, postgres: str) -> None:
    url = services.create_database(postgres, tmp_path.name, template=services.TEMPLATE)
    torture(services.settings_for(tmp_path, DATABASE_URL=url))
