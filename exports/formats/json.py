"""Parley's own JSON: all that a conversation has, so that importing it gives the same again.

One conversation is `{format, version, session, messages}`, many are `{format, version, sessions: [{session,
messages}]}`. It is written piece by piece; of a million messages it holds no more than the ids.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from chat.events import encode
from chat.models import Annotation, Attachment, Message, Session
from chat.snapshot import MessageView, views_of
from chat.wire import annotation_json, attachment_json, message_json, session_json
from exports.formats.contract import Format
from exports.transcript import GoOn, Transcript

NAME = "parley"
VERSION = 1
# Messages whose rows are held at once.
BATCH = 100
# Of a file; a multiple of 3, so that the pieces join to the base64 of the whole.
PIECE_BYTES = 3 << 16
HEAD = f'{{"format":"{NAME}","version":{VERSION}'


def write(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
    """The conversation, whole: what a person leaves out of what is read is not left out of this."""
    for piece in document(transcript.session):
        out.write(piece)
    go_on(1.0)


FORMAT = Format(
    name="json",
    label="JSON",
    hint=_("Everything, to be imported again or read by programs"),
    suffix=".json",
    mime_type="application/json",
    write=write,
)


def document(session: Session, *, files: bool = True) -> Iterator[bytes]:
    """One conversation; without `files` the attachments are named only."""
    yield f"{HEAD},".encode()
    yield from _members(session, has_files=files)
    yield b"}\n"


def documents(sessions: Iterable[Session], *, files: bool = True) -> Iterator[bytes]:
    """Many conversations in one document."""
    yield f'{HEAD},"sessions":['.encode()
    for number, session in enumerate(sessions):
        yield b",\n{" if number else b"\n{"
        yield from _members(session, has_files=files)
        yield b"}"
    yield b"\n]}\n"


def _members(session: Session, *, has_files: bool) -> Iterator[bytes]:
    yield f'"session":{encode(_session(session))},\n"messages":['.encode()
    line = _Line(session)
    number = 0
    for keys in line.batches():
        found = Message.objects.in_bulk(keys)
        for view in views_of([found[key] for key in keys if key in found]):
            yield b",\n" if number else b"\n"
            yield from _message(view, line, has_files=has_files)
            number += 1
    yield b"\n]"


def _session(session: Session) -> dict[str, Any]:
    return {
        **session_json(session),
        "name_typed": session.is_name_typed,
        "parent_message_id": _text(session.parent_point),
        "branch_message_id": _text(session.branch_point),
    }


class _Line:
    """The messages that are not deleted, oldest first, and what each follows without the deleted ones."""

    def __init__(self, session: Session) -> None:
        rows = Message.objects.filter(session=session)
        gone: Iterable[tuple[UUID, UUID | None]] = rows.filter(deleted_at__isnull=False).values_list(
            "pk", "parent_id"
        )
        self._gone = dict(gone)
        self._rows = rows.live().order_by("created_at", "id")
        self._keys = b"".join(key.bytes for key in self._rows.values_list("pk", flat=True).iterator(2000))
        self._families = self._moved()

    def batches(self) -> Iterator[Sequence[UUID]]:
        size = 16 * BATCH
        for start in range(0, len(self._keys), size):
            piece = self._keys[start : start + size]
            yield [UUID(bytes=piece[at : at + 16]) for at in range(0, len(piece), 16)]

    def parent_of(self, message: Message) -> UUID | None:
        return self._above(message.parent_id)

    def alternatives_of(self, view: MessageView) -> Sequence[UUID]:
        return self._families.get(self.parent_of(view.message), view.alternatives)

    def _above(self, key: UUID | None) -> UUID | None:
        """The nearest message from `key` up that is not deleted."""
        while key in self._gone:
            key = self._gone[key]
        return key

    def _moved(self) -> dict[UUID | None, list[UUID]]:
        """Who follows the same message, where a deleted one stood between."""
        families = {self._above(key) for key in self._gone}
        found: dict[UUID | None, list[UUID]] = {}
        if families:
            for key, parent in self._rows.values_list("pk", "parent_id").iterator(2000):
                if (above := self._above(parent)) in families:
                    found.setdefault(above, []).append(key)
        return found


def _message(view: MessageView, line: _Line, *, has_files: bool) -> Iterator[bytes]:
    row = view.message
    told = {
        **message_json(view),
        "parent_id": _text(line.parent_of(row)),
        "alternatives": [str(key) for key in line.alternatives_of(view)],
        "active": row.is_active,
        "origin_id": _text(row.origin),
        "error": row.error,
        "annotations": [_annotation(one) for one in view.annotations],
    }
    if not (has_files and view.attachments):
        yield encode(told).encode()
        return
    del told["attachments"]
    yield encode(told)[:-1].encode() + b',"attachments":['
    for number, attachment in enumerate(view.attachments):
        yield b"," if number else b""
        yield from _attachment(attachment)
    yield b"]}"


def _annotation(annotation: Annotation) -> dict[str, Any]:
    return {**annotation_json(annotation), "prefix": annotation.prefix, "suffix": annotation.suffix}


def _attachment(attachment: Attachment) -> Iterator[bytes]:
    """With its bytes; null where they are not on the disk any more."""
    told = encode(attachment_json(attachment))[:-1].encode()
    try:
        stored = attachment.file.open("rb")
    except OSError:
        yield told + b',"content":null}'
        return
    with stored:
        yield told + b',"content":"'
        while piece := stored.read(PIECE_BYTES):
            yield base64.b64encode(piece)
        yield b'"}'


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
