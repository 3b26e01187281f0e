"""A person's list of conversations, a page at a time: starred ones first, then by latest activity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from chat import access
from chat.events import encode
from chat.listing import EVERYTHING, Entry, ListFilter, entries, filtered
from chat.models import Project, Session, User
from chat.paging import Place, cursor_of, sessions_after

PAGE_SIZE = 40
PROJECT_PAGE_SIZE = 30
# Beyond these the starred ones are found through the filter.
MAX_STARRED = 50


@dataclass(frozen=True, slots=True)
class ListPage:
    """Entries, of which the first `starred` stand in a group of their own; `next` is a cursor or empty."""

    entries: list[Entry]
    starred: int
    next: str

    @property
    def digest(self) -> str:
        """Two lists with the same digest show the same."""
        shown = [
            [
                str(entry.session.pk),
                entry.session.name,
                entry.session.is_starred,
                entry.moment,
                entry.is_running,
                entry.unread,
            ]
            for entry in self.entries
        ]
        return hashlib.sha256(encode(shown).encode()).hexdigest()[:16]


def read_list(
    user: User,
    *,
    wanted: ListFilter = EVERYTHING,
    after: Place | None = None,
    size: int = PAGE_SIZE,
) -> ListPage:
    """The page after that place, or the first."""
    found = filtered(access.own_sessions(user), wanted)
    starred: list[Session] = []
    if not wanted.is_on:
        if after is None:
            starred = list(sessions_after(found.filter(is_starred=True), None)[:MAX_STARRED])
        found = found.filter(is_starred=False)
    page = list(sessions_after(found, after)[: size + 1])
    shown = entries([*starred, *page[:size]], user, wanted)
    return ListPage(shown, len(starred), cursor_of(page[size - 1]) if len(page) > size else "")


def read_project_list(
    user: User,
    project: Project,
    *,
    wanted: ListFilter = EVERYTHING,
    after: Place | None = None,
    size: int = PROJECT_PAGE_SIZE,
) -> ListPage:
    """The same of a project's conversations, with their owners; nothing stands before the latest activity."""
    found = filtered(access.sessions_for(user).filter(project=project), wanted)
    page = list(sessions_after(found.select_related("owner"), after)[: size + 1])
    shown = entries(page[:size], user, wanted)
    return ListPage(shown, 0, cursor_of(page[size - 1]) if len(page) > size else "")


def read_entries(user: User, session_ids: set[UUID]) -> list[Entry]:
    """Of these sessions those that are this person's, as they stand in the list."""
    rows = access.own_sessions(user).filter(pk__in=session_ids)
    return entries(list(rows.order_by("updated_at")), user)


def gone(user: User, session_ids: set[UUID]) -> set[UUID]:
    """Of these sessions those that this person cannot open: what is in no list need not be gone."""
    there = access.still_reading({(user.pk, key) for key in session_ids}) if session_ids else set()
    return session_ids - {key for _, key in there}
