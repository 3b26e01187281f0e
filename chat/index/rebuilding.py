"""Whole sessions in the index: one that is kept now, and all of them anew."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from chat.index.analysis import Analysis, analysis_of
from chat.index.entries import file_rows, message_rows, note_rows, title_rows
from chat.index.tables import empty_index
from chat.models import Annotation, Attachment, Message, SearchEntry, Session

# Messages that are indexed by one transaction: some 50 ms.
BATCH = 200
# Messages that one transaction indexes beside what else it does: some 250 ms.
AT_ONCE = 1000
Known = Mapping[str, Analysis]
Row = TypeVar("Row", Attachment, Annotation)
Beside = Mapping[UUID, Sequence[Row]]


def analyses_of(session: Session) -> dict[str, Analysis]:
    """What the index will keep of the session's messages, by their texts: made before a transaction."""
    texts = Message.objects.filter(session=session).values_list("content", flat=True)
    return {text: analysis_of(text) for text in texts}


def index_session(session: Session, known: Known | None = None) -> None:
    """Have all of a session in the index, of which it has nothing or a part, or nothing if it is temporary.

    It is locked.
    """
    SearchEntry.objects.filter(session=session).delete()
    if session.is_temporary:
        return
    rows = title_rows(session)
    keys = list(
        Message.objects.filter(session=session).order_by("created_at", "id").values_list("pk", flat=True)
    )
    for start in range(0, len(keys), BATCH):
        rows += _rows_of_keys(keys[start : start + BATCH], known or {})
    SearchEntry.objects.bulk_create(rows)


def index_in_pieces(session: Session) -> Iterator[float]:
    """As `index_session`, of a long one whose title is there, beside those who write: a transaction each
    few messages; yields for how many seconds others had to wait."""
    keys = list(
        Message.objects.filter(session=session).order_by("created_at", "id").values_list("pk", flat=True)
    )
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        texts = Message.objects.filter(pk__in=batch).values_list("content", flat=True)
        known = {text: analysis_of(text) for text in texts}
        since = time.monotonic()
        _index_again(batch, known)
        yield time.monotonic() - since


def rebuild() -> Iterator[int]:
    """Make the index anew beside running servers, the oldest first; yields how many messages are done.

    Until it is through, a search finds a part of what is there; nothing that is written meanwhile is missed.
    """
    empty_index()
    keys = _all_keys()
    for start in range(0, len(keys), 16 * BATCH):
        piece = keys[start : start + 16 * BATCH]
        batch = [UUID(bytes=piece[at : at + 16]) for at in range(0, len(piece), 16)]
        texts = Message.objects.filter(pk__in=batch).values_list("content", flat=True)
        _index_again(batch, {text: analysis_of(text) for text in texts})
        yield start // 16 + len(batch)
    titles = list(Session.objects.filter(is_temporary=False).order_by("id").values_list("id", flat=True))
    for start in range(0, len(titles), BATCH):
        _index_titles_again(titles[start : start + BATCH])


def _all_keys() -> bytes:
    """The ids of all messages in the order in which they were written, 16 bytes each."""
    rows = Message.objects.filter(session__is_temporary=False).order_by("created_at", "id")
    return b"".join(key.bytes for key in rows.values_list("pk", flat=True).iterator(10_000))


@transaction.atomic
def _index_again(keys: Sequence[UUID], known: Known) -> None:
    list(
        Session.objects.filter(messages__in=keys).order_by("pk").select_for_update(of=("self",)).values("pk")
    )
    SearchEntry.objects.filter(message__in=keys).delete()
    SearchEntry.objects.bulk_create(_rows_of_keys(keys, known))


@transaction.atomic
def _index_titles_again(keys: Sequence[UUID]) -> None:
    sessions = Session.objects.filter(pk__in=keys, is_temporary=False).order_by("pk").select_for_update()
    SearchEntry.objects.filter(session__in=keys, kind=SearchEntry.Kind.TITLE).delete()
    SearchEntry.objects.bulk_create([row for session in sessions for row in title_rows(session)])


def _rows_of_keys(keys: Sequence[UUID], known: Known) -> list[SearchEntry]:
    found = Message.objects.select_related("session").filter(pk__in=keys)
    messages = list(found.order_by("created_at", "id"))
    files = Attachment.objects.filter(message__in=keys).order_by("position", "created_at", "id")
    notes = Annotation.objects.filter(message__in=keys).order_by("created_at", "id")
    return entries_of(messages, by_message(files), by_message(notes), known)


def entries_of(
    messages: Iterable[Message],
    files: Beside[Attachment],
    notes: Beside[Annotation],
    known: Known | None = None,
) -> list[SearchEntry]:
    """All that the index has of these messages."""
    rows: list[SearchEntry] = []
    for message in messages:
        session, analysis = message.session, (known or {}).get(message.content)
        analysis = analysis_of(message.content) if analysis is None else analysis
        attached = files.get(message.pk, ())
        rows += message_rows(session, message, analysis, attached)
        if attached:
            rows += file_rows(session, message, analysis, attached)
        for note in notes.get(message.pk, ()):
            rows += note_rows(session, message, note)
    return rows


def by_message(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    groups: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        if row.message_id is not None:
            groups[row.message_id].append(row)
    return groups
