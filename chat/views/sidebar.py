"""The list of conversations: latest activity first, by the person's own days, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from urllib.parse import unquote
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string

from chat import access, fragments
from chat.models import Session, User

PAGE_SIZE = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation; the first of its day has the day's label."""

    item: str
    day: str
    label: str


@dataclass(frozen=True, slots=True)
class SidebarPage:
    rows: list[Row]
    next: str


def sidebar(
    request: HttpRequest, user: User, *, current: UUID | None = None, cursor: str = ""
) -> SidebarPage:
    """The page after `cursor`; a cursor that nobody made is as none."""
    zone, last = zone_of(request), read_cursor(cursor)
    sessions = access.sessions_for(user).order_by("-updated_at", "-id")
    if last:
        moment, session_id = last
        sessions = sessions.filter(Q(updated_at__lt=moment) | Q(updated_at=moment, id__lt=session_id))
    found = list(sessions[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    days = [fragments.day_of(session.updated_at, zone) for session in shown]
    before = fragments.day_of(last[0], zone) if last else ("", "")
    rows = [
        Row(item(session, is_current=session.id == current), day[0], day[1] if day != previous else "")
        for session, (previous, day) in zip(shown, pairwise([before, *days]), strict=True)
    ]
    return SidebarPage(rows, make_cursor(shown[-1]) if len(found) > PAGE_SIZE else "")


def item(session: Session, *, is_current: bool) -> str:
    return render_to_string("chat/_sidebar_item.html", {"session": session, "is_current": is_current})


def make_cursor(session: Session) -> str:
    return f"{session.updated_at.timestamp():.6f}_{session.id}"


def read_cursor(cursor: str) -> tuple[datetime, UUID] | None:
    moment, _, session_id = cursor.partition("_")
    try:
        return datetime.fromtimestamp(float(moment), UTC), UUID(session_id)
    except (ValueError, OverflowError, OSError):
        return None


def zone_of(request: HttpRequest) -> tzinfo:
    """The zone that the person's browser named; UTC until it has, or where it named nonsense."""
    try:
        return ZoneInfo(unquote(request.COOKIES.get("parley_zone", "UTC")))
    except (ValueError, OSError, KeyError):
        return UTC
