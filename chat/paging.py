"""A page of a list after another: what a cursor holds, and what follows it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.models import Project, Session, Template
from chat.models.jobs import Job

AnyJob = TypeVar("AnyJob", bound=Job)


@dataclass(frozen=True, slots=True)
class Place:
    """The last one of a page, as it stood in the list: the latest first."""

    moment: datetime
    key: UUID


def sessions_after(rows: QuerySet[Session], place: Place | None) -> QuerySet[Session]:
    """The sessions in the order of the list, from the first one or the one after `place` on."""
    return rows.filter(_after(place)).order_by("-updated_at", "-id")


def templates_after(rows: QuerySet[Template], place: Place | None) -> QuerySet[Template]:
    """The same of templates."""
    return rows.filter(_after(place)).order_by("-updated_at", "-id")


def projects_after(rows: QuerySet[Project], place: Place | None) -> QuerySet[Project]:
    """The same of projects."""
    return rows.filter(_after(place)).order_by("-updated_at", "-id")


def page_of_jobs(rows: QuerySet[AnyJob], place: Place | None, size: int) -> tuple[list[AnyJob], str]:
    """Some jobs, the newest first, and the cursor of those after them; empty where there are none."""
    found = list(rows.filter(_after(place, "created_at")).order_by("-created_at", "-id")[: size + 1])
    shown = found[:size]
    return shown, _cursor(shown[-1].created_at, shown[-1].id) if len(found) > size else ""


def _after(place: Place | None, field: str = "updated_at") -> Q:
    if place is None:
        return Q()
    same_moment = Q((field, place.moment), id__lt=place.key)
    return Q((f"{field}__lt", place.moment)) | same_moment


def cursor_of(row: Session | Template | Project) -> str:
    return _cursor(row.updated_at, row.id)


def _cursor(moment: datetime, key: UUID) -> str:
    return base64.urlsafe_b64encode(f"{moment.isoformat()} {key}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Place | None:
    """The place that a cursor leads to; none for an empty one.

    Raises:
        BadValue: nobody made this cursor.
    """
    if not cursor:
        return None
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, key = place.split(" ")
        return Place(_in_utc(datetime.fromisoformat(moment)), UUID(key))
    except (ValueError, OverflowError) as error:
        raise BadValue(_("This cursor is not one that we gave."), field="cursor") from error


def _in_utc(moment: datetime) -> datetime:
    """A moment that any zone can show: of the calendar's first and last days, some cannot."""
    if moment.tzinfo is None or not datetime.min.year < moment.year < datetime.max.year:
        raise ValueError("no zone, or no moment of a session")
    return moment.astimezone(UTC)
