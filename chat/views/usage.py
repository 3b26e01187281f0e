"""What models took: one's own, and for administrators everybody's; as a page and as a table to take along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from chat import access
from chat.costs.meters import meters_of
from chat.costs.periods import MOST_DAYS, Period, period_of, today
from chat.costs.sums import total_of, within
from chat.costs.table import table_as_csv
from chat.models import UsageDay
from chat.views.door import PageRequest, login_needed
from chat.views.panes import answer_pane
from chat.views.usage_words import MEASURES, TITLES, shown_chart, tables_of

PERIODS = {
    "7": gettext_lazy("7 days"),
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "month": gettext_lazy("This month"),
}
EVERYBODY = "all"


@dataclass(frozen=True)
class Asked:
    """What the address says; `of` is a person's name, `EVERYBODY`, or empty for oneself."""

    period: Period
    by: str
    show: str
    of: str

    def link(self, **changes: str) -> str:
        """The address of the same with something changed."""
        values = {"by": self.by, "show": self.show, "of": self.of, **self._days(), **changes}
        if "period" in changes:
            values = {name: value for name, value in values.items() if name not in ("from", "to")}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def _days(self) -> dict[str, str]:
        period = self.period
        if period.name != "range":
            return {"period": period.name}
        return {"from": period.first.isoformat(), "to": period.last.isoformat()}


@dataclass(frozen=True)
class Choice:
    """A link that shows the page otherwise."""

    words: str
    link: str
    is_chosen: bool


@require_GET
@login_needed
def usage_page(request: PageRequest) -> HttpResponse:
    asked = _asked(request)
    rows = within(_rows(request, asked), asked.period)
    total = total_of(rows)
    asked = _measured(request, asked, has_cost=bool(total.cost))
    kinds = [kind for kind in TITLES if kind != "user" or asked.of == EVERYBODY]
    tables = tables_of(
        rows, request.user, kinds, asked.show, by=asked.by, link_to=lambda name: asked.link(of=name, by="")
    )
    stacked = next(table for table in tables if table.kind == asked.by)
    context = {
        "asked": asked,
        "total": total,
        "unknown_percent": number_format(total.unknown_share * 100, 0),
        "chart": shown_chart(rows, asked.period, stacked, asked.show) if total.requests else None,
        "tables": [table for table in tables if len(table.lines) > 1 or table.kind == "model"],
        "meters": [] if asked.of else meters_of(request.user),
        "most_days": MOST_DAYS,
        "today": today(),
        **_choices(request, asked, kinds),
    }
    return answer_pane(request, "usage/page.html", "usage/_pane.html", context, title=_("Usage"))


@require_GET
@login_needed
def download_usage(request: PageRequest) -> HttpResponse:
    """The same days as a table: a line for each day, person, project, provider, model and purpose."""
    asked = _asked(request)
    rows = within(_rows(request, asked), asked.period)
    name = f"usage-{asked.period.first}-{asked.period.last}.csv"
    keys = list(rows.order_by().values_list("project_id", flat=True).distinct())
    answer = HttpResponse(
        table_as_csv(rows, access.project_names(request.user, keys)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
    return answer


def _asked(request: PageRequest) -> Asked:
    given = {name: value for name, value in request.GET.dict().items() if "\0" not in str(value)}
    of = given.get("of", "") if request.user.is_superuser else ""
    by = given.get("by", "")
    known = by in TITLES and (by != "user" or of == EVERYBODY)
    return Asked(period_of(given), by if known else "model", given.get("show", ""), of)


def _measured(request: PageRequest, asked: Asked, *, has_cost: bool) -> Asked:
    """Without a wish the cost is shown, and tokens where nothing cost anything."""
    show = asked.show if asked.show in MEASURES else "cost" if has_cost else "tokens"
    return Asked(asked.period, asked.by, show, asked.of)


def _rows(request: PageRequest, asked: Asked) -> QuerySet[UsageDay]:
    if not asked.of:
        return access.usage_of(request.user)
    rows = access.usage_of_all(request.user)
    return rows if asked.of == EVERYBODY else rows.filter(user__username=asked.of)


def _choices(request: PageRequest, asked: Asked, kinds: list[str]) -> dict[str, Any]:
    periods = [
        Choice(str(words), asked.link(period=name), asked.period.name == name)
        for name, words in PERIODS.items()
    ]
    whose = [
        Choice(_("Mine"), asked.link(of="", by=""), not asked.of),
        Choice(_("Everybody’s"), asked.link(of=EVERYBODY), asked.of == EVERYBODY),
    ]
    if asked.of not in ("", EVERYBODY):
        whose.append(Choice(asked.of, asked.link(), is_chosen=True))
    return {
        "periods": periods,
        "whose": whose if request.user.is_superuser else [],
        "measures": [
            Choice(str(words), asked.link(show=name), asked.show == name) for name, words in MEASURES.items()
        ],
        "kinds": [Choice(str(TITLES[kind]), asked.link(by=kind), asked.by == kind) for kind in kinds],
        "csv_url": reverse("usage-csv") + asked.link(),
    }
