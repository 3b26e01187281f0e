"""How far a database has been migrated, and the way to where a backup was."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

Pair = tuple[str, str]


def unknown(applied: Sequence[Pair]) -> list[Pair]:
    """Those that this Parley does not have."""
    loader = MigrationLoader(None)
    return [pair for pair in applied if pair not in loader.disk_migrations]


def are_missing(applied: Collection[Pair]) -> bool:
    """Whether this Parley has others besides."""
    return bool(set(MigrationLoader(None).graph.nodes) - set(applied))


def catch_up() -> None:
    """Bring the database up to date."""
    call_command("migrate", interactive=False, verbosity=0)


def go_to(applied: Collection[Pair]) -> bool:
    """Bring a database without rows to where just these are applied; whether that was possible."""
    graph = MigrationLoader(None).graph
    for app in sorted({app for app, _name in graph.nodes}):
        own = [pair for pair in graph.nodes if pair[0] == app and pair in applied]
        last = [pair for pair in own if not any(child.key in own for child in graph.node_map[pair].children)]
        for target in last or [(app, None)]:
            MigrationExecutor(connection).migrate([target])
    return set(MigrationLoader(connection).applied_migrations) == set(applied)
