"""What was taken in a period: in all, by day, and by what it was taken of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, QuerySet, Sum, When

from chat.costs.periods import Period
from chat.models import UsageDay

# What can be told apart, by the column that tells it.
KINDS = {
    "model": "model",
    "provider": "provider",
    "project": "project_id",
    "user": "user__username",
    "purpose": "purpose",
}
MONEY = DecimalField(max_digits=20, decimal_places=8)
SUMS = {
    "requests": Sum("requests"),
    "input_tokens": Sum("input_tokens"),
    "output_tokens": Sum("output_tokens"),
    "cached_tokens": Sum("cached_tokens"),
    "cache_write_tokens": Sum("cache_write_tokens"),
    "reasoning_tokens": Sum("reasoning_tokens"),
    "cost": Sum("cost", output_field=MONEY),
    "unknown_costs": Sum("unknown_costs"),
}


@dataclass(frozen=True)
class Taken:
    """Sums; `key` is the model, the provider, the project's id or the like."""

    key: Any = None
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cost: Decimal = Decimal(0)
    unknown_costs: int = 0

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    @property
    def known_requests(self) -> int:
        return self.requests - self.unknown_costs

    @property
    def average_cost(self) -> Decimal | None:
        """Of a request whose cost is known."""
        return self.cost / self.known_requests if self.known_requests else None

    @property
    def unknown_share(self) -> float:
        return self.unknown_costs / self.requests if self.requests else 0.0

    @property
    def known_cost(self) -> Decimal | None:
        """None where the cost of none is known."""
        return self.cost if self.known_requests or not self.requests else None


def within(rows: QuerySet[UsageDay], period: Period) -> QuerySet[UsageDay]:
    return rows.filter(day__gte=period.first, day__lte=period.last)


def total_of(rows: QuerySet[UsageDay]) -> Taken:
    return _taken({name: value or 0 for name, value in rows.aggregate(**SUMS).items()})


def parts_of(rows: QuerySet[UsageDay], kind: str, measure: str) -> list[Taken]:
    """By model or the like, the largest by `measure` first."""
    column = KINDS[kind]
    groups = rows.order_by().values(key=F(column)).annotate(**SUMS)
    parts = [_taken(group) for group in groups]
    return sorted(parts, key=lambda part: (-size_of(part, measure), -part.tokens, str(part.key)))


def days_of(rows: QuerySet[UsageDay], kind: str, keys: Sequence[Any]) -> dict[date, list[Taken]]:
    """By day, for each of `keys`; what is of none of them together, under None."""
    column = KINDS[kind]
    key = Case(When(**{f"{column}__in": keys}, then=F(column)), default=None)
    days: dict[date, list[Taken]] = {}
    for row in rows.order_by().values("day", key=key).annotate(**SUMS):
        group: dict[str, Any] = dict(row)
        days.setdefault(group.pop("day"), []).append(_taken(group))
    return days


def _taken(sums: Mapping[str, Any]) -> Taken:
    return Taken(**sums)


def size_of(part: Taken, measure: str) -> float:
    return float(getattr(part, measure))
