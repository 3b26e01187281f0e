"""The list of conversations as a person sees it: which fit a filter, what runs, what is unread, which day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat.models import Generation, ReadMark, Session, SessionTag, User
from chat.query.conditions import fitting, in_any_case, tagged
from chat.query.parsing import Filter

# More words than anybody types; each costs a condition.
MAX_WORDS = 12


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What the list is filtered by: `text` as it was typed, and what of it are words and what filters.

    `shown` is one of SHOWN; a word "#harbour" asks for a tag.
    """

    text: str = ""
    shown: str = ""
    tag: str = ""
    sought: str | None = None
    filters: tuple[Filter, ...] = ()

    @property
    def is_on(self) -> bool:
        return bool(self.text or self.shown or self.tag)

    @property
    def query(self) -> str:
        """As the list's address holds it."""
        held = {"q": self.text, "show": self.shown, "tag": self.tag}
        return urlencode({key: value for key, value in held.items() if value})

    @property
    def words(self) -> list[str]:
        return (self.text if self.sought is None else self.sought).split()[:MAX_WORDS]

    @property
    def wants_archived(self) -> bool:
        return any(one.key == "is" and one.value == "archived" and not one.is_not for one in self.filters)


SHOWN = ("", "starred", "archived", "all")
EVERYTHING = ListFilter()


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation in the list. `unread` is the event with which a reply ended that was not seen, or 0."""

    session: Session
    day: str
    label: str
    is_running: bool = False
    unread: int = 0
    title: SafeString = SafeString("")
    tags: tuple[SafeString, ...] = ()

    @property
    def name(self) -> str:
        return self.session.name or _("New conversation")

    @property
    def moment(self) -> int:
        """The last activity in microseconds: the order of the list."""
        return round(self.session.updated_at.timestamp() * 1_000_000)


def filtered(rows: QuerySet[Session], wanted: ListFilter) -> QuerySet[Session]:
    """The conversations that fit; archived ones only where they are asked for."""
    if wanted.shown == "archived":
        rows = rows.filter(is_archived=True)
    elif wanted.shown != "all" and not wanted.wants_archived:
        rows = rows.filter(is_archived=False)
    if wanted.shown == "starred":
        rows = rows.filter(is_starred=True)
    if wanted.tag:
        rows = rows.filter(pk__in=SessionTag.objects.filter(name=wanted.tag).values("session"))
    rows = fitting(rows, wanted.filters)
    for word in wanted.words:
        name = word.removeprefix("#")
        lookup = "contains" if word == name else "startswith"
        has_tag = tagged(in_any_case("name", name, lookup=lookup))
        rows = rows.filter(has_tag | in_any_case("name", word) if word == name else has_tag)
    return rows


def entries(rows: Sequence[Session], user: User, wanted: ListFilter = EVERYTHING) -> list[Entry]:
    """The rows as they stand in the list, by a fixed number of queries."""
    keys = [row.pk for row in rows]
    open_ones = Generation.objects.filter(session__in=keys).exclude(state=Generation.State.ENDED)
    running = set(open_ones.values_list("session_id", flat=True))
    seen = dict(
        ReadMark.objects.filter(user_id=user.pk, session__in=keys).values_list("session_id", "number")
    )
    tags = _tags_found(keys, wanted)
    return [
        Entry(
            row,
            *day_of(row.updated_at),
            is_running=row.pk in running,
            unread=row.last_reply_event if row.last_reply_event > seen.get(row.pk, 0) else 0,
            title=marked(row.name or _("New conversation"), wanted),
            tags=tuple(tags.get(row.pk, ())),
        )
        for row in rows
    ]


def _tags_found(keys: Sequence[UUID], wanted: ListFilter) -> dict[UUID, list[SafeString]]:
    """Of each session the tags that were looked for, so that one sees why it was found."""
    found: dict[UUID, list[SafeString]] = {}
    if wanted.words:
        named = SessionTag.objects.filter(session__in=keys).order_by("name")
        for session_id, name in named.values_list("session_id", "name"):
            if "<mark>" in (shown := marked(name, wanted)):
                found.setdefault(session_id, []).append(shown)
    return found


def marked(text: str, wanted: ListFilter) -> SafeString:
    """The text with what was looked for marked in it."""
    words = [re.escape(word.removeprefix("#")) for word in wanted.words if word != "#"]
    if not words:
        return conditional_escape(text)
    parts = re.split(f"({'|'.join(words)})", text, flags=re.IGNORECASE)
    shown = (
        format_html("<mark>{}</mark>", part) if number % 2 else part
        for number, part in enumerate(parts)
        if part
    )
    return format_html_join("", "{}", ((part,) for part in shown))


def day_of(moment: datetime) -> tuple[str, str]:
    """The group of the list that a moment falls in, by the person's own days: (key, label)."""
    day, today = timezone.localdate(moment), timezone.localdate()
    age = (today - day).days
    if age <= 0:
        return "today", _("Today")
    if age == 1:
        return "yesterday", _("Yesterday")
    if age <= 7:
        return "week", _("Previous 7 days")
    return f"{day:%Y-%m}", date_format(day, "F" if day.year == today.year else "F Y")
