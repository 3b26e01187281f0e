"""Hits as a person sees them: what was found, in which conversation, said by whom, with its words marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chat.models import Annotation, Attachment, Message, SearchEntry, Session
from chat.query.parsing import Query
from chat.search.matches import Match
from chat.search.snippets import Snippet, snippet_of

Kind = SearchEntry.Kind


@dataclass(frozen=True, slots=True)
class Hit:
    """`message` is None for the title of a conversation, `note` is there for a note on a message."""

    kind: str
    session: Session
    message: Message | None
    note: Annotation | None
    title: Snippet
    snippet: Snippet
    created_at: datetime

    @property
    def author(self) -> str:
        """The name of who wrote it; empty where a model did, or for a title."""
        if self.note is not None:
            return self.note.who
        person = self.message.author if self.message else None
        return person.get_username() if person else ""

    @property
    def model(self) -> str:
        """What answered, or was asked."""
        return (self.message.model if self.message else "") or self.session.model

    def path(self, session: str) -> str:
        """The address at which it is opened, given that of its conversation."""
        return f"{session}?at={self.message.pk}#m-{self.message.pk}" if self.message else session

    @property
    def is_apart(self) -> bool:
        """It is in another version of the conversation than the one on show."""
        return self.message is not None and not self.message.is_active


def read_hits(matches: Sequence[Match], query: Query) -> list[Hit]:
    """The hits at these matches, by a fixed number of queries; of a very long text one."""
    keys = [match.entry_id for match in matches]
    related = ("session__project", "message__author", "annotation__author")
    entries = (
        SearchEntry.objects.select_related(*related)
        .prefetch_related("session__tags")
        .defer("text", "words", "brief", "scope", "message__html")
        .in_bulk(keys)
    )
    first: dict[tuple[object, ...], SearchEntry] = {}
    for entry in (entries[key] for key in keys if key in entries):
        first.setdefault(_about(entry), entry)
    found = list(first.values())
    names = _file_names([entry.message_id for entry in found if entry.kind == Kind.FILES])
    return [_hit(entry, query, names) for entry in found]


def _about(entry: SearchEntry) -> tuple[object, ...]:
    return entry.kind, entry.session_id, entry.message_id, entry.annotation_id


def _file_names(message_ids: Sequence[UUID | None]) -> dict[UUID | None, list[str]]:
    names: dict[UUID | None, list[str]] = defaultdict(list)
    rows = Attachment.objects.filter(message__in=message_ids).order_by("position", "created_at", "id")
    for key, name in rows.values_list("message_id", "name"):
        names[key].append(name)
    return names


def _hit(entry: SearchEntry, query: Query, names: dict[UUID | None, list[str]]) -> Hit:
    title = snippet_of(entry.session.name, query.terms)
    is_said = entry.kind == Kind.MESSAGE
    snippet = (
        Snippet("")
        if entry.kind == Kind.TITLE
        else snippet_of(_text(entry, names), query.terms, is_markdown=is_said)
    )
    return Hit(entry.kind, entry.session, entry.message, entry.annotation, title, snippet, entry.created_at)


def _text(entry: SearchEntry, names: dict[UUID | None, list[str]]) -> str:
    if entry.annotation is not None:
        return entry.annotation.body
    if entry.kind == Kind.FILES:
        return " · ".join(names[entry.message_id])
    return entry.message.content if entry.message else ""
