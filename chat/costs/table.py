"""Sums as CSV, which a spreadsheet reads without taking any of it for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from chat.models import UsageDay

COLUMNS = (
    "requests", "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens",
    "cost", "unknown_costs",
)  # fmt: skip
HEAD = ("day", "user", "project", "provider", "model", "purpose", *COLUMNS)
# What a spreadsheet begins a formula with, also behind what it trims.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def table_as_csv(rows: QuerySet[UsageDay], projects: Mapping[UUID, str]) -> str:
    """Costs are US dollars, days UTC; a person whose account was removed, and no project, are empty."""
    out = io.StringIO()
    written = csv.writer(out)
    written.writerow(HEAD)
    found = rows.order_by("day", "id").values_list(
        "day", "user__username", "project_id", "provider", "model", "purpose", *COLUMNS
    )
    for day, user, project, provider, model, purpose, *sums in found.iterator(2000):
        names = (user or "", projects.get(project, ""), provider, model)
        written.writerow(
            [
                day,
                *map(text_cell, names),
                purpose,
                *(f"{one:f}" if isinstance(one, Decimal) else one for one in sums),
            ]
        )
    return out.getvalue()


def text_cell(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
