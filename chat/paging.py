"""A page of the list of sessions after another: what a cursor holds, and what follows it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.models import Project, Session, Template


@dataclass(frozen=True, slots=True)
class Place:
    """The last session of a page, as it stood in the list: latest activity first."""

    moment: datetime
    session_id: UUID


def sessions_after(rows: QuerySet[Session], place: Place | None) -> QuerySet[Session]:
    """The sessions in the order of the list, from the first one or the one after `place` on."""
    return rows.filter(_after(place)).order_by("-updated_at", "-id")


def templates_after(rows: QuerySet[Template], place: Place | None) -> QuerySet[Template]:
    """The same of templates."""
    return rows.filter(_after(place)).order_by("-updated_at", "-id")


def projects_after(rows: QuerySet[Project], place: Place | None) -> QuerySet[Project]:
    """The same of projects."""
    return rows.filter(_after(place)).order_by("-updated_at", "-id")


def _after(place: Place | None) -> Q:
    if place is None:
        return Q()
    same_moment = Q(updated_at=place.moment, id__lt=place.session_id)
    return Q(updated_at__lt=place.moment) | same_moment


def cursor_of(row: Session | Template | Project) -> str:
    place = f"{row.updated_at.isoformat()} {row.id}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Place | None:
    """The place that a cursor leads to; none for an empty one.

    Raises:
        BadValue: nobody made this cursor.
    """
    if not cursor:
        return None
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, session_id = place.split(" ")
        return Place(_in_utc(datetime.fromisoformat(moment)), UUID(session_id))
    except (ValueError, OverflowError) as error:
        raise BadValue(_("This cursor is not one that we gave."), field="cursor") from error


def _in_utc(moment: datetime) -> datetime:
    """A moment that any zone can show: of the calendar's first and last days, some cannot."""
    if moment.tzinfo is None or not datetime.min.year < moment.year < datetime.max.year:
        raise ValueError("no zone, or no moment of a session")
    return moment.astimezone(UTC)
