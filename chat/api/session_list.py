"""The list of sessions: its filters, and the cursor that leads to the next page."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from chat import access
from chat.api.inputs import SessionFilters
from chat.errors import BadValue
from chat.models import Session, User
from chat.wire import session_json


def find_sessions(user: User, filters: SessionFilters) -> dict[str, Any]:
    """A page of the sessions that fit, and the cursor of the next."""
    rows = _matching(user, filters).prefetch_related("tags")
    found = list(_after(rows, filters.cursor)[: filters.limit + 1])
    shown = found[: filters.limit]
    more = len(found) > filters.limit
    return {"items": [session_json(row) for row in shown], "next": _cursor(shown[-1]) if more else None}


def _matching(user: User, filters: SessionFilters) -> QuerySet[Session]:
    rows = access.sessions_for(user)
    if filters.project or filters.scope_type or filters.scope_id:
        return rows.none()  # no session belongs to a project yet
    if filters.q:
        rows = rows.filter(name__icontains=filters.q)
    if filters.tag:
        rows = rows.filter(tags__name=filters.tag)
    exact = {
        "is_starred": filters.starred,
        "is_archived": filters.archived,
        "provider": filters.provider or None,
        "model": filters.model or None,
        "updated_at__gt": filters.updated_after,
        "updated_at__lt": filters.updated_before,
    }
    return rows.filter(**{field: value for field, value in exact.items() if value is not None})


def _after(rows: QuerySet[Session], cursor: str) -> QuerySet[Session]:
    if cursor:
        moment, last = _read_cursor(cursor)
        rows = rows.filter(Q(updated_at__lt=moment) | Q(updated_at=moment, id__lt=last))
    return rows.order_by("-updated_at", "-id")


def _cursor(session: Session) -> str:
    place = f"{session.updated_at.isoformat()} {session.id}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, last = place.split(" ")
        return _with_zone(moment), UUID(last)
    except ValueError as error:
        raise BadValue("This cursor is not one that we gave.", field="cursor") from error


def _with_zone(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment
