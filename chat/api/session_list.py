"""The list of sessions: its filters, and the cursor that leads to the next page."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chat import access
from chat.api.inputs import SessionFilters
from chat.models import Session, User
from chat.paging import cursor_of, read_cursor, sessions_after
from chat.query.parsing import parse
from chat.search.results import sessions_with
from chat.search.time_limit import SECONDS
from chat.services.rate_limits import timed_search
from chat.wire import session_json


def find_sessions(user: User, filters: SessionFilters) -> dict[str, Any]:
    """A page of the sessions that fit, and the cursor of the next."""
    rows = _matching(user, filters).select_related("project").prefetch_related("tags")
    found = list(sessions_after(rows, read_cursor(filters.cursor))[: filters.limit + 1])
    shown = found[: filters.limit]
    more = len(found) > filters.limit
    return {"items": [session_json(row) for row in shown], "next": cursor_of(shown[-1]) if more else None}


def _matching(user: User, filters: SessionFilters) -> QuerySet[Session]:
    rows = access.sessions_for(user)
    if filters.q:
        with timed_search(user=user, at_most=SECONDS):
            found = Q(pk__in=sessions_with(user, parse(filters.q)))
        rows = rows.filter(Q(name__icontains=filters.q) | found)
    if filters.tag:
        rows = rows.filter(tags__name=filters.tag)
    exact = {
        "is_starred": filters.starred,
        "is_archived": filters.archived,
        "provider": filters.provider or None,
        "model": filters.model or None,
        "project__slug": filters.project or None,
        "project__deleted_at__isnull": True if filters.project else None,
        "scope_type": filters.scope_type or None,
        "scope_id": filters.scope_id or None,
        "updated_at__gt": filters.updated_after,
        "updated_at__lt": filters.updated_before,
    }
    return rows.filter(**{field: value for field, value in exact.items() if value is not None})
