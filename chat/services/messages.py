"""Messages that are there: edited, deleted, brought back; alternatives put on show."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import audit
from chat.errors import ReplyRunning
from chat.generation import jobs
from chat.generation.summarising.keeping import outdate
from chat.index import reindex_message
from chat.log import lock_message, message_note, record, reset_note, session_note
from chat.models import Message, MessageEdit, Session, User
from chat.parts import with_text
from chat.rendering import RENDERER_VERSION
from chat.services import tree
from chat.services.annotations import find_passages_again
from chat.services.content import Draft
from chat.services.lineups import settle_lineup
from chat.snapshot import MessageView, views_of
from chat.versions import Check, unchecked

RUNNING = (Message.Status.PENDING, Message.Status.STREAMING)


def edit_message(
    *, message: Message, editor: User, draft: Draft, check: Check[Message] = unchecked
) -> Message:
    """Change what a message says; what it said before is kept among its edits.

    Raises:
        ReplyRunning: the message is itself still being written.
        ChangedMeanwhile: by the `check`.
    """
    with transaction.atomic():
        session = lock_message(message)
        if message.is_running:
            raise ReplyRunning(_("This reply is still being written. Stop it before you edit it."))
        check(message)
        MessageEdit.objects.create(message=message, content=message.content, editor=editor)
        message.content = draft.content
        message.parts = with_text(message.parts, draft.content)
        message.html, message.html_version = draft.html, RENDERER_VERSION
        message.save(update_fields=["content", "parts", "html", "html_version", "updated_at"])
        find_passages_again(message)
        reindex_message(session, message, draft.analysis)
        session.updated_at = timezone.now()
        record(
            session, message_note("updated", _view(message)), session_note(session), changed=["updated_at"]
        )
        outdate(session, message)
        audit.note(audit.Action.MESSAGE_EDITED, message, session=session)
    return message


def delete_message(*, message: Message, check: Check[Message] = unchecked) -> Message:
    """Take a message off the screen; those after it stay, and it can be brought back.

    Raises:
        ReplyRunning: it is being written, or a reply to it is.
        ChangedMeanwhile: by the `check`.
    """
    with transaction.atomic():
        session = lock_message(message)
        check(message)
        if message.deleted_at is None:
            if message.is_running or message.children.filter(status__in=RUNNING).exists():
                raise ReplyRunning(_("A reply to this is still being written. Stop it before you delete it."))
            message.deleted_at = timezone.now()
            message.save(update_fields=["deleted_at", "updated_at"])
            _record_count(session, message, -1, deleted=True)
            outdate(session, message)
            audit.note(audit.Action.MESSAGE_DELETED, message, session=session)
    return message


def restore_message(*, message: Message) -> Message:
    """Bring a deleted message back to where it was."""
    with transaction.atomic():
        session = lock_message(message)
        if message.deleted_at is not None:
            message.deleted_at = message.clearing_id = None
            message.save(update_fields=["deleted_at", "clearing_id", "updated_at"])
            _record_count(session, message, 1, deleted=False)
            audit.note(audit.Action.MESSAGE_RESTORED, message, session=session)
    return message


def activate_message(*, message: Message) -> Message:
    """Put that alternative, and what follows it, on show; one of a lineup is thereby kept.

    Others that are still being made beside it are stopped.

    Raises:
        ReplyRunning: another reply runs.
    """
    with transaction.atomic():
        session = lock_message(message)
        for generation in jobs.open_beside(session, message):
            if generation.message_id != message.pk:
                jobs.stop(session, generation)
        is_kept = settle_lineup(session, message.parent_id, message)
        if not message.is_active:
            tree.show_line_of(session, message)
            message.refresh_from_db()
        elif not is_kept:
            return message
        notes = (message_note("updated", _view(message)), session_note(session), reset_note())
        record(session, *notes, changed=["message_count"])
    return message


def _record_count(session: Session, message: Message, change: int, *, deleted: bool) -> None:
    session.message_count += change if message.is_active else 0
    if deleted:
        session.follow_ups = {}  # they may be about it
    note = message_note("updated", _view(message), deleted=deleted)
    record(session, note, session_note(session), changed=["message_count", "follow_ups"])


def _view(message: Message) -> MessageView:
    return views_of([message])[0]
