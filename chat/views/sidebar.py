"""The list of conversations: latest activity first, by the person's own days, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from chat import access, fragments
from chat.errors import BadValue
from chat.models import Session, User
from chat.paging import Place, cursor_of, read_cursor, sessions_after

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
    zone, last = timezone.get_current_timezone(), place_of(cursor)
    found = list(sessions_after(access.sessions_for(user), last)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    days = [fragments.day_of(session.updated_at, zone) for session in shown]
    before = fragments.day_of(last.moment, zone) if last else ("", "")
    rows = [
        Row(item(session, is_current=session.id == current), day[0], day[1] if day != previous else "")
        for session, (previous, day) in zip(shown, pairwise([before, *days]), strict=True)
    ]
    return SidebarPage(rows, cursor_of(shown[-1]) if len(found) > PAGE_SIZE else "")


def item(session: Session, *, is_current: bool) -> str:
    return render_to_string("chat/_sidebar_item.html", {"session": session, "is_current": is_current})


def place_of(cursor: str) -> Place | None:
    try:
        return read_cursor(cursor)
    except BadValue:
        return None
