"""The list of conversations as HTML: a page of it, or one conversation as it stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat import fragments
from chat.errors import BadValue
from chat.listing import EVERYTHING, ListFilter, day_of, entries
from chat.models import Session, User
from chat.paging import Place, read_cursor
from chat.sidebar import PAGE_SIZE, ListPage, read_list
from chat.views.door import PageRequest

# What a list that is read anew may ask for, so that one stays where one has scrolled to.
MAX_SIZE = 400


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation; the first of its group has the group's label."""

    item: str
    group: str
    label: str


@dataclass(frozen=True, slots=True)
class SidebarPage:
    rows: list[Row]
    next: str
    digest: str
    wanted: ListFilter
    is_first: bool


def sidebar(
    user: User,
    *,
    current: UUID | None = None,
    cursor: str = "",
    wanted: ListFilter = EVERYTHING,
    size: int = PAGE_SIZE,
) -> SidebarPage:
    """The page after `cursor`; a cursor that nobody made is as none."""
    after = place_of(cursor)
    page = read_list(user, wanted=wanted, after=after, size=size)
    before = day_of(after.moment) if after else ("", "")
    rows = [
        Row(
            fragments.sidebar_item(entry, is_current=entry.session.id == current),
            group[0],
            group[1] if group != previous else "",
        )
        for entry, (previous, group) in zip(page.entries, pairwise([before, *_groups(page)]), strict=True)
    ]
    return SidebarPage(rows, page.next, page.digest, wanted, after is None)


def _groups(page: ListPage) -> Sequence[tuple[str, str]]:
    return [
        ("starred", _("Starred")) if number < page.starred else (entry.day, entry.label)
        for number, entry in enumerate(page.entries)
    ]


def item(user: User, session: Session) -> SafeString:
    """One conversation as it stands in its owner's list now; of a deleted one, the word that it has left."""
    if session.deleted_at is not None:
        return fragments.left(session.id)
    if session.is_temporary or session.owner_id != user.pk:
        return SafeString("")
    [entry] = entries([session], user)
    return fragments.sidebar_item(entry)


def away_from(request: PageRequest, session_ids: Sequence[UUID]) -> list[SafeString]:
    """The word to go to the start, for a page that shows one of these, which are gone."""
    shown = request.htmx.current_url or ""
    is_shown = any(str(key) in shown for key in session_ids)
    return [format_html('<parley-go href="{}"></parley-go>', reverse("start"))] if is_shown else []


def size_of(request: HttpRequest, *, least: int = PAGE_SIZE) -> int:
    asked = request.GET.get("size", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 7
    return min(max(int(asked), least), MAX_SIZE) if is_number else least


def place_of(cursor: str) -> Place | None:
    try:
        return read_cursor(cursor)
    except BadValue:
        return None
