"""Group commit: each tick saves what has come for all running replies in one transaction, then tells.

A transaction per flush fails from some 60 streams on SQLite; chunk rows of a tick in one transaction
take 5,000 flushes/s. A first token does not wait for the tick.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import connection, transaction

from chat import events, metrics
from chat.beside import NO_MARGIN, margins_of
from chat.events import PIECE, Event, encode
from chat.generation.lanes import begins_note, read_places
from chat.generation.reply import Reply
from chat.generation.sent import keep_sent
from chat.hub import hub
from chat.models import Chunk, Generation, Message, Session, SessionEvent
from chat.models.ids import for_database
from chat.parts import place
from chat.threads import write_now

TICK_SECONDS = 0.05
RETRY_SECONDS = 0.5
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Entry:
    """What one tick saves of one reply."""

    reply: Reply
    text: str
    reasoning: str
    begins: bool

    @property
    def session_id(self) -> UUID:
        return self.reply.message.session_id

    @property
    def generation_id(self) -> UUID:
        return self.reply.assignment.generation_id

    @property
    def numbers(self) -> int:
        """How many event numbers it takes."""
        text = bool(self.text) if self.reply.lane else len(self.text)
        return text + bool(self.reasoning) + self.begins


class Journal:
    def __init__(self, worker_id: UUID) -> None:
        self._worker_id = worker_id
        self._dirty: set[Reply] = set()
        # What the tick under way has taken: no longer waiting, and not saved either.
        self._saving: set[Reply] = set()
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()
        self._saved = asyncio.Condition()
        self._last = 0.0

    def mark(self, reply: Reply) -> None:
        """Something has come for `reply`; it is saved with the next tick, a first token at once."""
        if not reply.has_waiting:
            return
        self._dirty.add(reply)
        self._wake.set()
        if reply.is_urgent:
            self._hurry.set()

    async def flush(self, reply: Reply) -> None:
        """Return when all that has come for `reply` is saved and told."""
        self.mark(reply)
        self._hurry.set()
        async with self._saved:
            await self._saved.wait_for(
                lambda: not (reply in self._dirty or reply in self._saving or reply.has_waiting)
            )

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            await self._pause()
            self._wake.clear()
            self._hurry.clear()
            await self._tick()

    async def _pause(self) -> None:
        rest = self._last + TICK_SECONDS - time.monotonic()
        if rest > 0:
            try:
                async with asyncio.timeout(rest):
                    await self._hurry.wait()
            except TimeoutError:
                pass

    async def _tick(self) -> None:
        self._last = time.monotonic()
        self._saving, self._dirty = self._dirty, set()
        # Should this process have been taken for dead, and have begun another reply in the session.
        newest = {
            (reply.message.session_id, reply.lane): reply
            for reply in sorted(self._saving, key=lambda one: one.watch.started)
        }
        for outlived in self._saving - set(newest.values()):
            outlived.cut()
        batch = [
            Entry(reply, reply.text.take(), reply.reasoning.take(), not reply.has_begun)
            for reply in newest.values()
        ]
        try:
            heads = await write_now(save, self._worker_id, batch)
        except Exception:
            log.exception("journal.tick_failed", replies=len(batch))
            await self._put_back(batch)
            return
        metrics.TICK_SECONDS.observe(time.monotonic() - self._last)
        told: list[Event] = []
        for entry in batch:
            head = heads.get(entry.generation_id)
            if head is None:
                entry.reply.cut()  # another process has taken it for dead
            else:
                told += _events(entry, head)
        hub.publish(told)
        self._saving = set()
        async with self._saved:
            self._saved.notify_all()

    async def _put_back(self, batch: Sequence[Entry]) -> None:
        """Nothing is shown that is not saved: it waits, and is tried again."""
        for entry in batch:
            entry.reply.text.put_back(entry.text)
            entry.reply.reasoning.put_back(entry.reasoning)
            self._dirty.add(entry.reply)
        await asyncio.sleep(RETRY_SECONDS)
        self._wake.set()


def save(worker_id: UUID, batch: Sequence[Entry]) -> dict[UUID, int]:
    """Save the batch in one transaction; by generation the last number that it took, of those still ours."""
    with transaction.atomic():
        heads = _take_numbers(worker_id, _ours(worker_id, batch))
        ours = [entry for entry in batch if entry.generation_id in heads]
        Chunk.objects.append([piece for entry in ours for piece in _pieces(entry)])
        if begun := [entry.reply for entry in ours if entry.begins]:
            _begin(begun)
        rows = [row for entry in ours for row in _rows(entry, heads[entry.generation_id])]
        if rows:
            SessionEvent.objects.append(rows)
    return heads


def _begin(begun: Sequence[Reply]) -> None:
    Message.objects.filter(pk__in=[reply.message.pk for reply in begun]).update(
        status=Message.Status.STREAMING
    )
    if failed_before := [reply.message for reply in begun if reply.message.tried]:
        Message.objects.bulk_update(failed_before, ["provider", "model", "tried"])
    keep_sent(begun)
    read_places(begun)
    margins = margins_of([reply.message.pk for reply in begun])
    for reply in begun:
        reply.margin = margins.get(reply.message.pk, NO_MARGIN)


def _ours(worker_id: UUID, batch: Sequence[Entry]) -> Sequence[Entry]:
    """The batch without what another process has taken over, of sessions in which several replies are made.

    Of one that is alone in its session that is found out as the session's numbers are taken. Where another
    process makes some of these, both lock more than one session that the other wants: in one order.
    """
    entries = Counter(entry.session_id for entry in batch)
    several = [entry for entry in batch if entry.reply.lane or entries[entry.session_id] > 1]
    if not several:
        return batch
    sessions = Session.objects.filter(pk__in={entry.session_id for entry in several})
    list(sessions.select_for_update().order_by("pk").values_list("pk"))
    asked = {entry.generation_id for entry in several}
    mine = Generation.objects.filter(pk__in=asked, state=Generation.State.RUNNING, worker=worker_id)
    lost = asked - set(mine.values_list("pk", flat=True))
    return [entry for entry in batch if entry.generation_id not in lost]


def _take_numbers(worker_id: UUID, batch: Sequence[Entry]) -> dict[UUID, int]:
    """Advance the sessions' counters, but not where the reply is no longer this worker's."""
    by_session: dict[UUID, list[Entry]] = {}
    for entry in batch:
        by_session.setdefault(entry.session_id, []).append(entry)
    if not by_session:
        return {}
    cases = " ".join(["WHEN id = %s THEN CAST(%s AS bigint)"] * len(by_session))
    marks = ", ".join(["%s"] * len(by_session))
    sessions = [for_database(key) for key in by_session]
    ours = [for_database(entry.generation_id) for entry in batch]
    sums = [sum(entry.numbers for entry in entries) for entries in by_session.values()]
    steps = [value for pair in zip(sessions, sums, strict=True) for value in pair]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE chat_session SET last_event_id = last_event_id + CASE {cases} ELSE 0 END
            WHERE id IN ({marks}) AND EXISTS (
                SELECT 1 FROM chat_generation g
                WHERE g.session_id = chat_session.id AND g.state = 'running' AND g.worker_id = %s
                AND g.id IN ({", ".join(["%s"] * len(ours))})
            )
            RETURNING id, last_event_id
            """,  # noqa: S608  only placeholders are put in
            [*steps, *sessions, for_database(worker_id), *ours],
        )
        ends = {_as_uuid(key): end for key, end in cursor.fetchall()}
    return {
        entry.generation_id: head for key, end in ends.items() for entry, head in _heads(by_session[key], end)
    }


def _heads(entries: Sequence[Entry], end: int) -> Iterator[tuple[Entry, int]]:
    """Each with the last number that it takes, of those that end with `end`."""
    head = end - sum(entry.numbers for entry in entries)
    for entry in entries:
        head += entry.numbers
        yield entry, head


def _as_uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _pieces(entry: Entry) -> list[tuple[UUID, str, int, str]]:
    reply = entry.reply
    kinds = (
        (Chunk.Kind.TEXT, entry.text, reply.text.saved_length),
        (Chunk.Kind.REASONING, entry.reasoning, reply.reasoning.saved_length),
    )
    return [(reply.message.pk, kind.value, offset, text) for kind, text, offset in kinds if text]


def _rows(entry: Entry, head: int) -> list[SessionEvent]:
    """Rows of the events that are not text, with the numbers that `_events` gives them."""
    number = head - entry.numbers
    about = {"session_id": entry.reply.message.session_id, "message_id": entry.reply.message.pk}
    rows = []
    if entry.begins:
        number += 1
        note = begins_note(entry.reply)
        rows.append(SessionEvent(number=number, name="message", kind=note.row_kind, data=note.kept, **about))
    if entry.reasoning:
        number += 1
        piece = {**_reasoning_part(entry), "length": len(entry.reasoning)}
        rows.append(SessionEvent(number=number, name="message", kind="part", data={"part": piece}, **about))
    if entry.text and entry.reply.lane:
        piece = {"offset": entry.reply.text.saved_length, "length": len(entry.text)}
        rows.append(SessionEvent(number=head, name="message", kind=PIECE, data=piece, **about))
    return rows


def _events(entry: Entry, head: int) -> list[Event]:
    """The events of a saved entry, in order; the reply now counts it as saved."""
    reply = entry.reply
    session_id, message_id = reply.message.session_id, reply.message.pk
    number = head - entry.numbers
    made = []
    if entry.begins:
        number += 1
        reply.has_begun = True
        reply.message.status = Message.Status.STREAMING
        note = begins_note(reply)
        made.append(Event(session_id, number, note.name, "updated", message_id, encode(note.data)))
    if entry.reasoning:
        number += 1
        part = {**_reasoning_part(entry), "text": entry.reasoning}
        data = {"type": "part", "message_id": str(message_id), "part": part}
        made.append(Event(session_id, number, "message", "part", message_id, encode(data)))
        reply.reasoning.keep(entry.reasoning)
    if entry.text:
        told = events.piece if reply.lane else events.delta
        made.append(told(session_id, head, message_id, entry.text, reply.text.saved_length))
        reply.text.keep(entry.text)
    return made


def _reasoning_part(entry: Entry) -> dict[str, object]:
    reply = entry.reply
    offset = reply.reasoning.saved_length
    index = place(reply.tools, len(reply.tools))
    return {"index": index, "type": "reasoning", "state": "running", "offset": offset}
