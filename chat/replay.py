"""What a client missed, told again from rows: any number is a place to go on from, without gap or repeat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from chat import events, wire
from chat.events import BEGINS, OPENS, PIECE, WHOLE, Event, encode
from chat.models import Message, Session, SessionEvent
from chat.parts import TOOLS, Part, without_mark
from chat.snapshot import MAX_READS, MessageView, last_event_id, views_of

# Further back than this a client reads the session again, which is quicker. Pieces of text and thoughts come
# twenty times a second, and of four replies that are made at once eighty times: more of those.
MAX_EVENTS = 1000
MAX_PIECES = 10_000
MAX_CHARS = 2_000_000


def replay(session_id: UUID, after: int) -> list[Event]:
    """All that happened after number `after`, as events; text that came in pieces comes joined.

    Further back than is worth reading, or of a future that never was, it is one `reset`. Messages
    are as they are now, but a reply is shown as far as it had come, since the rest of it follows.

    Raises:
        Session.DoesNotExist: there is none.
    """
    told: list[Event] = []
    for _ in range(MAX_READS):
        session = Session.objects.get(pk=session_id)
        told = _events(session, after)
        # A reply that ends while it is read has moved from its chunks to its message: read again.
        if last_event_id(session) == session.last_event_id:
            break
    return told


def _events(session: Session, after: int) -> list[Event]:
    head = session.last_event_id
    if after == head:
        return []
    if after > head:  # of another database: whatever that client knows is not from here
        return [events.reset(session.pk, head)]
    between = SessionEvent.objects.filter(session=session, number__gt=after, number__lte=head)
    rows = list(between.order_by("number")[: MAX_EVENTS + 1])
    if len(rows) > MAX_EVENTS and any(map(_is_piece, rows)):
        rows = list(between.order_by("number")[: MAX_EVENTS + MAX_PIECES + 1])
    pieces = sum(map(_is_piece, rows))
    chars = head - after - len(rows) + sum(row.data["length"] for row in rows if row.kind == PIECE)
    if pieces > MAX_PIECES or len(rows) - pieces > MAX_EVENTS or chars > MAX_CHARS:
        return [events.reset(session.pk, head)]
    return list(_Walk(session, after, head, rows).events())


def _is_piece(row: SessionEvent) -> bool:
    return row.kind in (PIECE, "part")


class _Walk:
    """Goes through the rows; numbers missing between them are code points of the reply then running."""

    def __init__(self, session: Session, after: int, head: int, rows: Sequence[SessionEvent]) -> None:
        self.session, self.after, self.head, self.rows = session, after, head, rows
        self.reply_id, self.offset = self._running_at(after)
        self.views = self._read_views()
        # Of several replies that are made at once: how far each that has not ended had come.
        self.lanes = self._lanes_at_first()

    def events(self) -> Iterator[Event]:
        number = self.after
        for row in self.rows:
            yield from self._text(number, row.number - 1)
            number = row.number
            self._go_past(row)
            yield self._piece(row) if row.kind == PIECE else self._event(row)
        yield from self._text(number, self.head)

    def _go_past(self, row: SessionEvent) -> None:
        match row.kind:
            case "begins":
                self.reply_id, self.offset = row.message_id, 0
            case "opens" if row.message_id:
                self.lanes[row.message_id] = 0
            case "piece" if row.message_id:
                self.lanes[row.message_id] = row.data["offset"] + row.data["length"]
            case "assistant" if row.message_id:
                self.reply_id = None if row.message_id == self.reply_id else self.reply_id
                self.lanes.pop(row.message_id, None)

    def _running_at(self, number: int) -> tuple[UUID | None, int]:
        """The reply whose text was coming at `number`, and how much of it had come."""
        before = SessionEvent.objects.filter(session=self.session, number__lte=number)
        begin = before.filter(kind=BEGINS).order_by("-number").first()
        if begin is None:
            return None, 0
        others = before.filter(number__gt=begin.number)
        if others.filter(kind="assistant", message_id=begin.message_id).exists():
            return None, 0  # it had ended
        return begin.message_id, number - begin.number - others.count()

    def _read_views(self) -> dict[UUID, MessageView]:
        wanted = {row.message_id for row in self.rows} | {self.reply_id}
        for row in self.rows:
            if row.name == "ack":
                wanted |= {UUID(key) for key in (row.data["user"], *row.data.get("replies", ()))}
        rows = Message.objects.filter(pk__in=[key for key in wanted if key])
        return {view.message.id: view for view in views_of(rows)}

    def _lanes_at_first(self) -> dict[UUID, int]:
        """Those that had begun before all rows, with what of their text came before it."""
        found: dict[UUID, int] = {}
        opened: set[UUID] = set()
        for row in self.rows:
            if row.message_id is None or row.message_id in opened:
                continue
            if row.kind in (OPENS, BEGINS):
                opened.add(row.message_id)
            elif row.kind == PIECE:
                found.setdefault(row.message_id, row.data["offset"])
            elif row.kind in ("part", "assistant"):  # its text may have come already
                found.setdefault(row.message_id, self._offset_after(row))
        return found

    def _offset_after(self, row: SessionEvent) -> int:
        """How far a reply had come at that row: where its next piece begins, or at its end."""
        pieces = (one for one in self.rows if one.kind == PIECE and one.message_id == row.message_id)
        after = next((one.data["offset"] for one in pieces if one.number > row.number), None)
        if after is not None:
            return int(after)
        view = self.views.get(row.message_id) if row.message_id else None
        return len(_streamed(view)) if view else 0

    def _piece(self, row: SessionEvent) -> Event:
        """More of one of several replies."""
        view = self.views.get(row.message_id) if row.message_id else None
        offset, length = row.data["offset"], row.data["length"]
        text = _streamed(view)[offset : offset + length] if view else ""
        if view is None or len(text) < length:
            return events.reset(self.session.pk, row.number)
        return events.piece(self.session.pk, row.number, view.message.id, text, offset)

    def _text(self, after: int, upto: int) -> Iterator[Event]:
        length = upto - after
        if length <= 0:
            return
        view = self.views.get(self.reply_id) if self.reply_id else None
        text = _streamed(view)[self.offset : self.offset + length] if view else ""
        if view is None or len(text) < length:
            yield events.reset(self.session.pk, upto)
        else:
            yield events.delta(self.session.pk, upto, view.message.id, text, self.offset)
        self.offset += length

    def _event(self, row: SessionEvent) -> Event:
        kind = "updated" if row.kind in (BEGINS, OPENS) else row.kind
        data = self._data(row, "updated" if kind == events.MARGIN else kind)
        return Event(self.session.pk, row.number, row.name, kind, row.message_id, encode(data))

    def _data(self, row: SessionEvent, kind: str) -> dict[str, Any]:
        message_id = str(row.message_id)
        match row.name:
            case "ack":
                return self._ack(row)
            case "message" if kind == "part":
                return {"type": kind, "message_id": message_id, "part": self._part(row)}
            case "message":
                told = {key: value for key, value in row.data.items() if key != WHOLE}
                return {
                    "type": kind,
                    "message_id": message_id,
                    "message": self._shown(row.message_id, row),
                } | told
            case "session":
                return {"session": wire.session_json(self.session)}
            case _:
                return {"message_id": message_id, **row.data} if row.message_id else row.data

    def _ack(self, row: SessionEvent) -> dict[str, Any]:
        told = {
            "user_message": self._shown(UUID(row.data["user"]), row),
            "assistant_message": self._shown(row.message_id, row),
        }
        several = [self._shown(UUID(key), row) for key in row.data.get("replies", ())]
        return told | ({"assistant_messages": several} if several else {})

    def _part(self, row: SessionEvent) -> dict[str, Any]:
        part = dict(row.data["part"])
        length = part.pop("length", None)
        view = self.views.get(row.message_id) if row.message_id else None
        if view is not None and part["type"] in TOOLS:
            return without_mark({**_told(view, part), **part})
        if length is not None and view is not None:
            part["text"] = view.reasoning[part["offset"] : part["offset"] + length]
        return part

    def _shown(self, message_id: UUID | None, row: SessionEvent) -> dict[str, Any] | None:
        view = self.views.get(message_id) if message_id else None
        if view is None:
            return None
        if row.name == "ack" or (row.kind == "created" and WHOLE not in row.data):
            return wire.message_json(
                _not_begun(view) if view.message.role == Message.Role.ASSISTANT else view
            )
        offset = self.offset if message_id == self.reply_id else self.lanes.get(view.message.id)
        if offset is None:
            return wire.message_json(view)
        parts = [] if row.kind in (BEGINS, OPENS) else self._parts_before(row)
        return wire.message_json(_as_far_as(view, offset, parts))

    def _parts_before(self, row: SessionEvent) -> list[Part]:
        """What was told of the reply's thoughts and tools by then; what follows goes on from there."""
        parts = SessionEvent.objects.filter(session=self.session, message_id=row.message_id, kind="part")
        before = parts.filter(number__lt=row.number).order_by("number")
        return [data["part"] for data in before.values_list("data", flat=True)]


def _streamed(view: MessageView) -> str:
    """The text as it came, before anybody edited it."""
    return view.edits[0].content if view.edits else view.content


def _not_begun(view: MessageView) -> MessageView:
    return replace(_unfinished(view, Message.Status.PENDING), content="", reasoning="")


def _as_far_as(view: MessageView, offset: int, parts: Sequence[Part]) -> MessageView:
    """A reply while it was made, with what `parts` had told of it; what else it thought and did follows."""
    running = _unfinished(view, Message.Status.STREAMING)
    thoughts = max((part["offset"] + part["length"] for part in parts if "length" in part), default=0)
    latest = {(part["type"], part["id"]): part for part in parts if part["type"] in TOOLS}
    running.message.parts = [{**_told(view, part), **part} for part in latest.values()]
    return replace(running, content=_streamed(view)[:offset], reasoning=view.reasoning[:thoughts])


def _told(view: MessageView, part: Part) -> Part:
    """What the message has of that tool's part; the row keeps but its state and its place."""
    same = ("type", "id")
    found = (one for one in view.message.parts if all(one.get(name) == part[name] for name in same))
    return next(found, {})


def _unfinished(view: MessageView, status: Message.Status) -> MessageView:
    row = view.message
    earlier = Message(
        id=row.id,
        session_id=row.session_id,
        parent_id=row.parent_id,
        role=row.role,
        status=status,
        visibility=row.visibility,
        provider=row.provider,
        model=row.model,
        tried=row.tried,
        merged_from=row.merged_from,
        created_at=row.created_at,
        updated_at=row.created_at,
    )
    return replace(view, message=earlier, edits=())
