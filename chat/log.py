"""A session's event log: numbers taken under the session's lock, rows beside the change, publish on commit.

Nobody hears of a change that was rolled back, and whoever missed an event can be told it from rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from chat import access, events, snapshot, wire
from chat.events import MARGIN, WHOLE, Event, encode
from chat.hub import hub
from chat.models import Message, Session, SessionEvent
from chat.models.prepared import Prepared


@dataclass(frozen=True)
class Note:
    """One event to be recorded: its name, its kind if it is about a message, and its data."""

    name: str
    data: dict[str, Any]
    kind: str = ""
    message_id: UUID | None = None
    # Kept in the row: what a replay cannot read from the message or the session.
    kept: dict[str, Any] | None = None
    # The kind of its row, where that is another one.
    row_kind: str = ""


def lock_session(whose: Session | UUID) -> Session:
    """The session's row, locked till the transaction ends; every writer to a session begins here.

    Of one that came through `access` it is asked again, now that nothing can change any more, whether this
    person may; an id is locked for those who work for nobody.

    Raises:
        Session.DoesNotExist: there is none.
        Http404, NotAllowed: the person may not any more.
    """
    if isinstance(whose, Session):
        return access.locked(whose)
    return _locked.get(whose)


_locked = Prepared(lambda key: Session.objects.select_for_update().filter(pk=key), UUID)


def lock_message(message: Message) -> Session:
    """The session of a message, as `lock_session`; the message is read again.

    Raises:
        Session.DoesNotExist, Message.DoesNotExist: it is gone for good.
        Http404, NotAllowed: the person may not any more.
    """
    session = lock_session(message.session_id)
    message.refresh_from_db()
    message.session = session
    access.still_granted(message, message)
    return session


def record(session: Session, *notes: Note, changed: Sequence[str] = ()) -> list[Event]:
    """Give the notes the session's next numbers, save them, and publish them when it is committed.

    The session must be locked by this transaction; its fields named in `changed` are saved too.
    """
    first = session.last_event_id + 1
    session.last_event_id += len(notes)
    session.save(update_fields=["last_event_id", *changed])
    rows = [
        SessionEvent(
            session=session,
            number=number,
            name=note.name,
            kind=note.row_kind or note.kind,
            message_id=note.message_id,
            data=note.kept or {},
        )
        for number, note in enumerate(notes, first)
    ]
    SessionEvent.objects.append(rows)
    made = [
        Event(session.pk, number, note.name, note.kind, note.message_id, encode(note.data))
        for number, note in enumerate(notes, first)
    ]
    is_listed = any(note.name == "session" for note in notes)
    listing = [session.owner_id, session.project_id] if is_listed else []
    hints = [events.listed(whose, session.pk) for whose in listing if whose]
    transaction.on_commit(lambda: hub.publish([*made, *hints]))
    return made


def tell_lists(whose: UUID, session_id: UUID) -> None:
    """Tell the lists of a person or a project, when it is committed, of what is no event of the session."""
    transaction.on_commit(lambda: hub.publish([events.listed(whose, session_id)]))


def message_note(
    kind: str, view: snapshot.MessageView, *, row_kind: str = "", is_whole: bool = False, **more: Any
) -> Note:
    """A `message` event that carries the whole message; `is_whole`: a reply that no model is to make.

    It says `beside` where an alternative of it is on show.
    """
    more = more if view.message.is_active else {**more, "beside": True}
    data = {"type": kind, "message_id": str(view.message.id), "message": wire.message_json(view), **more}
    kept = {**more, WHOLE: True} if is_whole else more
    return Note("message", data, kind, view.message.id, kept, row_kind)


def margin_note(view: snapshot.MessageView) -> Note:
    """A `message` event about what stands beside a message; its text need not be shown anew."""
    note = message_note("updated", view)
    return Note("message", note.data, MARGIN, view.message.id, note.kept)


def part_note(message_id: UUID, part: dict[str, Any]) -> Note:
    data = {"type": "part", "message_id": str(message_id), "part": part}
    return Note("message", data, "part", message_id, {"part": part})


def error_note(message_id: UUID, error: dict[str, Any], continued_by: UUID | None = None) -> Note:
    """`continued_by` is the reply that goes on in the failed one's place."""
    told = {**(wire.error_json(error) or {}), **_continued(continued_by)}
    return Note("error", {"message_id": str(message_id), **told}, "", message_id, told)


def done_note(message_id: UUID, status: str, continued_by: UUID | None = None) -> Note:
    told = {"status": status, **_continued(continued_by)}
    return Note("done", {"message_id": str(message_id), **told}, "", message_id, told)


def _continued(by: UUID | None) -> dict[str, Any]:
    return {"continued_by": str(by)} if by else {}


def session_note(session: Session) -> Note:
    return Note("session", {"session": wire.session_json(session)})


def ack_note(user_message: snapshot.MessageView, *replies: snapshot.MessageView) -> Note:
    """The first of the replies is the one on show."""
    told = [wire.message_json(reply) for reply in replies]
    data: dict[str, Any] = {"user_message": wire.message_json(user_message), "assistant_message": told[0]}
    kept: dict[str, Any] = {"user": str(user_message.message.id)}
    if len(replies) > 1:
        data |= {"assistant_messages": told}
        kept |= {"replies": [str(reply.message.id) for reply in replies]}
    return Note("ack", data, "", replies[0].message.id, kept)


def reset_note() -> Note:
    return Note("reset", {})
