"""What models took: one's own sums by day, for administrators everybody's; and what is left of limits."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading
from chat.api.inputs import UsageFilters
from chat.costs.meters import Meter, meters_of
from chat.costs.periods import period_between
from chat.costs.sums import within
from chat.errors import BadValue
from chat.models import UsageDay, User
from chat.wire import money_json, time_json

router = Router(tags=["usage"])


@router.get("", response=outputs.UsageList)
async def list_usage(request: HttpRequest, asked: Annotated[UsageFilters, Query()]) -> HttpResponse:
    """Sums by day (of UTC), project, provider, model and purpose, the newest first; a year at most.

    With `everybody`, which only administrators may ask for, also by user. `cost` is in US dollars, of the
    requests whose cost is known; `unknown_costs` counts the others. Conversations that were deleted or
    temporary are counted too.
    """
    return json_answer(await reading(request, _list, asked))


def _list(user: User, asked: UsageFilters) -> dict[str, Any]:
    rows = access.usage_of_all(user) if asked.everybody else access.usage_of(user)
    rows = within(rows, period_between(asked.first_day, asked.last_day))
    if asked.cursor:
        rows = rows.filter(pk__lt=_place(asked.cursor))
    found = list(rows.select_related("user").order_by("-id")[: asked.limit + 1])
    shown = found[: asked.limit]
    slugs = access.project_slugs(user, [row.project_id for row in shown])
    more = len(found) > asked.limit
    return {
        "items": [_usage_json(row, slugs.get(row.project_id)) for row in shown],
        "next": str(shown[-1].pk) if more else None,
    }


@router.get("/limits", response=outputs.LimitList)
async def list_limits(request: HttpRequest) -> HttpResponse:
    """The limits that apply to oneself, the nearest first, and what is taken of them.

    When one is reached, sending is refused with 429 and the problem `quota-exceeded`; under a limit of the
    cost, models that cost nothing still answer. What is under way may run over.
    """
    return json_answer(await reading(request, _limits))


def _limits(user: User) -> dict[str, Any]:
    return {"items": [_limit_json(meter) for meter in meters_of(user)], "next": None}


def _place(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 18:
        raise BadValue("This cursor is not one that we gave.", field="cursor")
    return int(cursor)


def _usage_json(row: UsageDay, project: str | None) -> dict[str, Any]:
    return {
        "day": row.day.isoformat(),
        "user": row.user.get_username() if row.user else None,
        "project": project,
        "provider": row.provider,
        "model": row.model,
        "purpose": row.purpose,
        "requests": row.requests,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cached_tokens": row.cached_tokens,
        "cache_write_tokens": row.cache_write_tokens,
        "reasoning_tokens": row.reasoning_tokens,
        "cost": money_json(row.cost),
        "unknown_costs": row.unknown_costs,
    }


def _limit_json(meter: Meter) -> dict[str, Any]:
    quota = meter.quota
    return {
        "period": quota.period,
        "shared": quota.is_shared,
        "group": quota.group.name if quota.group else None,
        "cost_limit": money_json(quota.cost_limit),
        "token_limit": quota.token_limit,
        "cost": money_json(meter.cost),
        "tokens": meter.tokens,
        "reached": meter.is_reached,
        "starts_anew_at": time_json(meter.anew_at),
    }
