"""Parley's own JSON: all that a conversation has, so that importing it gives the same again.

One conversation is `{format, version, session, messages}`, many are `{format, version, sessions: [{session,
messages}]}`, as `SCHEMA` says. It is written piece by piece, and holds no more than the ids of all messages.
What a person leaves out is an empty list, null, or a message less; what is left can still be imported.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import orjson
from django.utils.translation import gettext_lazy as _

from chat.models import Annotation, Attachment, Session
from chat.parts import TOOLS
from chat.snapshot import MessageView
from chat.wire import annotation_json, attachment_json, message_values, session_json, time_json
from exports.content.transcript import GoOn, Transcript, not_told
from exports.formats.contract import Format
from exports.formats.gathering import in_large_pieces
from exports.formats.lineage import Lineage
from exports.options import Options

NAME = "parley"
VERSION = 1
# JSON Schema, 2020-12.
SCHEMA = Path(__file__).with_name(f"parley-{VERSION}.schema.json")
# Of a file; a multiple of 3, so that the pieces join to the base64 of the whole.
PIECE_BYTES = 3 << 16
HEAD = f'{{"format":"{NAME}","version":{VERSION}'


def write(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
    with in_large_pieces(out) as pieces:
        pieces.writelines(_document(transcript, go_on, has_files=True))
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
    """One conversation, whole; without `files` the attachments are named only."""
    return _document(Transcript(session, Options()), not_told, has_files=files)


def documents(sessions: Iterable[Session], *, files: bool = True) -> Iterator[bytes]:
    """Many conversations in one document."""
    yield f'{HEAD},"sessions":['.encode()
    for number, session in enumerate(sessions):
        yield b",\n{" if number else b"\n{"
        yield from _members(Transcript(session, Options()), not_told, has_files=files)
        yield b"}"
    yield b"\n]}\n"


def _document(transcript: Transcript, go_on: GoOn, *, has_files: bool) -> Iterator[bytes]:
    yield f"{HEAD},".encode()
    yield from _members(transcript, go_on, has_files=has_files)
    yield b"}\n"


def _members(transcript: Transcript, go_on: GoOn, *, has_files: bool) -> Iterator[bytes]:
    yield b'"session":' + _encoded(_session(transcript)) + b',\n"messages":['
    lineage = Lineage(transcript)
    whole = max(1, len(lineage))
    for number, view in enumerate(lineage.views()):
        go_on(number / whole)
        yield b",\n" if number else b"\n"
        try:
            yield from _message(view, lineage, transcript.options, has_files=has_files)
        except Exception:
            transcript.name(view, number + 1)
            raise
    yield b"\n]"


def _session(transcript: Transcript) -> dict[str, Any]:
    session = transcript.session
    if not transcript.options.metadata:
        return {"id": str(session.pk), "name": session.name, "name_typed": session.is_name_typed}
    told = session_json(session)
    del told["follow_ups"]  # what could be asked is nothing that was said
    return {
        **told,
        "name_typed": session.is_name_typed,
        "parent_message_id": _text(session.parent_point),
        "branch_message_id": _text(session.branch_point),
    }


def _message(view: MessageView, lineage: Lineage, options: Options, *, has_files: bool) -> Iterator[bytes]:
    row = view.message
    told = {
        **message_values(view),
        "parent_id": lineage.parent_of(row),
        "alternatives": lineage.alternatives_of(view),
        "active": row.is_active,
        "origin_id": row.origin,
        "tried": row.tried,
        "error": row.error,
        "annotations": [_annotation(one) for one in view.annotations],
    }
    _leave_out(told, options)
    if not (has_files and view.attachments):
        yield _encoded(told)
        return
    del told["attachments"]
    yield _encoded(told)[:-1] + b',"attachments":['
    for number, attachment in enumerate(view.attachments):
        yield b"," if number else b""
        yield from _attachment(attachment)
    yield b"]}"


def _leave_out(told: dict[str, Any], options: Options) -> None:
    """What is not to be told of a message; the keys stay."""
    if not options.timestamps:
        told |= {"created_at": None, "updated_at": None}
        for one in (*told["annotations"], *told["edits"]):
            one |= dict.fromkeys(one.keys() & {"created_at", "edited_at"})
    if not options.metadata:
        told |= {"usage": None, "timing": None, "tried": [], "merged_from": []}
    if not options.annotations:
        told |= {"annotations": [], "reactions": []}
    if options.alternatives is False:
        told["edits"] = []
    if not options.tools:
        told["parts"] = [part for part in told["parts"] if part["type"] not in TOOLS]
    if options.reasoning is False:
        told["parts"] = [part for part in told["parts"] if part["type"] != "reasoning"]


def _annotation(annotation: Annotation) -> dict[str, Any]:
    return {**annotation_json(annotation), "prefix": annotation.prefix, "suffix": annotation.suffix}


def _attachment(attachment: Attachment) -> Iterator[bytes]:
    """With its bytes; null where they are not on the disk any more."""
    told = _encoded(attachment_json(attachment))[:-1]
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


def _encoded(value: Any) -> bytes:
    """As UTF-8, of which half a character is no part: what orjson refuses is left to the slower encoder."""
    try:
        return orjson.dumps(value, option=orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError:
        return _encode(value).encode("utf-8", "replace")


def _plain(value: object) -> str:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return time_json(value)
    raise TypeError(f"{type(value)} is nothing that JSON has")


_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_plain
).encode


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
