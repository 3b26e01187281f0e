"""Messages that a program puts into a conversation itself, part by part; no model is asked."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import parts as made_of
from chat.errors import BadValue, BlankText, IdReused, TooLong
from chat.events import encode
from chat.generation.ending import whole_of
from chat.importers.limits import MAX_DEPTH
from chat.index import Analysis, index_messages
from chat.log import lock_session, message_note, record, session_note
from chat.models import Message, Session, User
from chat.models.ids import new_id
from chat.parts import Part
from chat.rendering import RENDERER_VERSION
from chat.services import tree
from chat.snapshot import views_of
from chat.text import clean_text, number

# Of all parts as JSON, their texts included: as much as four messages of the greatest length.
MAX_SIZE = 4
# What an export of it, which has some levels around it, can be imported with.
MAX_NESTED = MAX_DEPTH - 10


def append_parts(
    *,
    session: Session,
    author: User,
    role: str,
    parts: Sequence[Part],
    visibility: str = Message.Visibility.SHOWN,
    message_id: UUID | None = None,
) -> Message:
    """Add a message of these parts after the last one on show.

    `message_id` may be the client's: the same parts sent twice with it are there once.

    Raises:
        BlankText: there is neither text nor tool in it.
        TooLong: it has more than a message may.
        BadValue: it is nested too deep, or has a number that is none.
        IdReused: the id is that of another message.
    """
    clean = [_clean(part) for part in parts]
    content = made_of.text_of(clean)
    _check(clean, content)
    key = message_id or new_id()
    whole = whole_of(key, content, clean)  # before the transaction: nobody waits for it
    message = Message(
        id=key,
        role=role,
        author=author,
        visibility=visibility,
        content=content,
        parts=made_of.stored(clean),
        html=whole.html,
        html_version=RENDERER_VERSION,
        sent_digest=_digest(session, role, visibility, clean),
    )
    try:
        return _append(session, message, whole.analysis)
    except IntegrityError:
        if earlier := _appended_before(message):
            return earlier
        raise


def _append(session: Session, message: Message, analysis: Analysis) -> Message:
    with transaction.atomic():
        locked = lock_session(session)
        parent = tree.leaf(locked)
        message.session, message.parent = locked, parent
        message.depth = 0 if parent is None else parent.depth + 1
        message.save(force_insert=True)
        index_messages(locked, [(message, analysis)])
        locked.message_count += 1
        locked.updated_at = timezone.now()
        [view] = views_of([message])
        notes = (message_note("created", view, is_whole=True), session_note(locked))
        record(locked, *notes, changed=["message_count", "updated_at"])
    return message


def _appended_before(message: Message) -> Message | None:
    earlier = Message.objects.select_related("session").filter(pk=message.pk).first()
    if earlier and (earlier.sent_digest, earlier.author_id) != (message.sent_digest, message.author_id):
        raise IdReused(
            _("A message with this id was sent before, and it was another one."), field="message_id"
        )
    return earlier


def _clean(part: Part) -> Part:
    """A part is complete unless it says otherwise."""
    clean: Part = _plain(part)
    return {"state": "complete", **clean}


def _plain(value: Any, depth: int = 0) -> Any:
    """What every database keeps, every page shows and every import takes back.

    Raises:
        BadValue: it is nested too deep, or has a number that is none.
    """
    if isinstance(value, str):
        return clean_text(value)
    if depth > MAX_NESTED:
        raise BadValue(_("This is nested too deep."), field="parts")
    if isinstance(value, dict):
        return {clean_text(name): _plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise BadValue(_("A number in this is too great."), field="parts")
    return value


def _check(parts: Sequence[Part], content: str) -> None:
    if not content.strip() and not made_of.tools_of(parts):
        raise BlankText(_("There is nothing in this message yet."), field="parts")
    most = settings.MESSAGE_MAX_CHARS
    if len(content) > most or len(encode(list(parts))) > MAX_SIZE * most:
        raise TooLong(_("A message can have %(most)s characters.") % {"most": number(most)}, field="parts")


def _digest(session: Session, role: str, visibility: str, parts: Sequence[Part]) -> str:
    sent = encode([str(session.pk), role, visibility, list(parts)])
    return hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()
