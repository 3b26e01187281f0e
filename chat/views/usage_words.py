"""What a page of usage shows, from the sums: names in place of keys, shares, and the bars of its chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat import access
from chat.costs.charts import COLOURS, Bar, Chart, Piece, chart_of
from chat.costs.periods import Period
from chat.costs.sums import Taken, days_of, parts_of, size_of
from chat.models import NO_PROJECT, Purpose, UsageDay, User
from chat.text import brief_number, money

# Lines of a table; what comes after them is told in one.
MOST = 25
TITLES = {
    "model": gettext_lazy("Models"),
    "provider": gettext_lazy("Providers"),
    "project": gettext_lazy("Projects"),
    "user": gettext_lazy("People"),
    "purpose": gettext_lazy("Purposes"),
}
MEASURES = {
    "cost": gettext_lazy("Cost"),
    "tokens": gettext_lazy("Tokens"),
    "requests": gettext_lazy("Requests"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`share` of the whole, of 100; `colour` as in the chart, None where it has none there."""

    name: str
    taken: Taken
    share: float
    colour: int | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    kind: str
    title: str
    lines: tuple[Line, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class ShownBar:
    bar: Bar
    title: str


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    amount: str


@dataclass(frozen=True, slots=True)
class ShownChart:
    """A chart with its words; `places` are days named below it."""

    chart: Chart
    bars: tuple[ShownBar, ...]
    legend: tuple[Line, ...]
    ticks: tuple[str, ...]
    places: tuple[str, ...]
    rows: tuple[DayRow, ...]
    has_others: bool
    summary: str


def tables_of(
    rows: QuerySet[UsageDay],
    viewer: User,
    kinds: Sequence[str],
    measure: str,
    *,
    by: str,
    link_to: Callable[[str], str],
) -> list[Table]:
    """A table for each kind; that of `by` has the chart's colours. `link_to`: a person's, by name."""
    parts = {kind: parts_of(rows, kind, measure) for kind in kinds}
    projects = access.project_names(viewer, [part.key for part in parts["project"]])
    tables = []
    for kind in kinds:
        whole = sum(size_of(part, measure) for part in parts[kind]) or 1
        lines = [
            Line(
                name_of(kind, part.key, projects),
                part,
                round(size_of(part, measure) / whole * 100, 2),
                _colour(place, part, measure) if kind == by else None,
                link_to(part.key) if kind == "user" and part.key else "",
            )
            for place, part in enumerate(parts[kind][:MOST])
        ]
        tables.append(Table(kind, str(TITLES[kind]), tuple(lines), max(0, len(parts[kind]) - MOST)))
    return tables


def shown_chart(rows: QuerySet[UsageDay], period: Period, table: Table, measure: str) -> ShownChart:
    colours = {line.taken.key: line.colour for line in table.lines if line.colour and line.taken.key}
    names = {line.colour: line.name for line in table.lines if line.colour}
    days = period.days
    chart = chart_of(days, days_of(rows, table.kind, list(colours)), colours, measure)
    bars = tuple(ShownBar(bar, _bar_words(bar, chart, names, measure)) for bar in chart.bars)
    legend = tuple(line for line in table.lines if line.colour)
    shown = sorted({0, len(days) // 2, len(days) - 1}) if len(days) > 2 else range(len(days))
    return ShownChart(
        chart,
        bars,
        legend,
        tuple(amount(size, measure) for size in (chart.top, chart.top / 2, 0)),
        tuple(date_format(days[place], "MONTH_DAY_FORMAT") for place in shown),
        tuple(DayRow(bar.day, amount(bar.size, measure)) for bar in reversed(chart.bars) if bar.size),
        any(not piece.colour for bar in chart.bars for piece in bar.pieces),
        _summary(chart, measure),
    )


def name_of(kind: str, key: Any, projects: Mapping[Any, str]) -> str:
    match kind:
        case "project":
            return _("No project") if key == NO_PROJECT else projects.get(key) or _("Another project")
        case "purpose":
            return str(Purpose(key).label) if key in Purpose.values else str(key)
        case "user":
            return key or _("Removed accounts")
        case _:
            return key or _("not named")


def amount(size: float, measure: str) -> str:
    return money(Decimal(repr(size))) if measure == "cost" else brief_number(round(size))


def _colour(place: int, part: Taken, measure: str) -> int:
    return place + 1 if place < COLOURS and part.key and size_of(part, measure) else 0


def _bar_words(bar: Bar, chart: Chart, names: Mapping[int, str], measure: str) -> str:
    day = date_format(bar.day, "DATE_FORMAT")
    lines = [f"{day}: {amount(bar.size, measure)}"]
    lines += [f"{_name(piece, names)}: {_piece_words(piece, chart, measure)}" for piece in bar.pieces]
    return "\n".join(lines)


def _name(piece: Piece, names: Mapping[int, str]) -> str:
    return names.get(piece.colour) or _("Others")


def _piece_words(piece: Piece, chart: Chart, measure: str) -> str:
    return amount(round(piece.height / 100 * chart.top, 8), measure)


def _summary(chart: Chart, measure: str) -> str:
    most = max(chart.bars, key=lambda bar: bar.size)
    words = _("%(measure)s by day. The most, %(amount)s, on %(day)s.")
    return words % {
        "measure": MEASURES[measure],
        "amount": amount(most.size, measure),
        "day": date_format(most.day, "DATE_FORMAT"),
    }
