"""Sending: a message and the reply to it are saved together, then the reply's making is queued."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.errors import BadValue, IdReused, ReplyRunning
from chat.events import encode
from chat.generation import jobs
from chat.index import Analysis, index_messages, index_title
from chat.log import ack_note, lock_message, lock_session, message_note, record, session_note
from chat.models import Attachment, Message, Session, User
from chat.rendering import RENDERER_VERSION
from chat.services import tree
from chat.services.content import Draft
from chat.services.drafts import drop_draft
from chat.services.lineups import Asked, asked_at_once, go_on_from, open_lineup
from chat.services.replying import add_replies, have_made, replies_to
from chat.snapshot import MessageView, views_of
from chat.text import title_of
from chat.versions import Check, unchecked


@dataclass(frozen=True)
class Sent:
    """A message and the reply to it, both saved. `is_new` is false for a retry of an earlier send."""

    user_message: Message
    assistant_message: Message
    is_new: bool = True
    # All as they were told, where they were just made.
    views: tuple[MessageView, ...] | None = None
    # Those that are made beside that reply.
    others: tuple[Message, ...] = ()

    @property
    def replies(self) -> tuple[Message, ...]:
        """All of them; the first is on show."""
        return (self.assistant_message, *self.others)


def send_message(
    *,
    session: Session,
    author: User,
    draft: Draft,
    attachment_ids: Sequence[UUID] = (),
    parent_id: UUID | None = None,
    queue: bool = False,
    models: Sequence[Asked] = (),
) -> Sent:
    """Save a person's message and the reply that is to come, and queue its making.

    The draft's id may be the client's, so that the same message sent twice is there once.
    `parent_id` makes a sibling branch under that message and shows it. With `models` each of those
    answers, all at once, and the replies are lined up.

    Raises:
        BadValue: an attachment or the parent is not there to be used, or those models cannot be asked.
        ReplyRunning: a reply runs and `queue` is false.
        IdReused: the draft's id is that of another message.
    """
    digest = _digest(session, draft.content, attachment_ids, parent_id, models)
    try:
        names = asked_at_once(models, author) if models else ()
        with transaction.atomic():
            locked = lock_session(session)
            is_behind = jobs.has_open(locked)
            if is_behind and (not queue or parent_id is not None):
                raise ReplyRunning(jobs.RUNNING)
            parent = _parent(locked, parent_id)
            if parent_id is not None:
                tree.show_up_to(locked, parent)
            if parent is not None and getattr(parent, "is_lined_up", True):
                go_on_from(locked, parent)
            message = _user_message(locked, parent, author, draft)
            message.sent_digest = digest
            drop_draft(owner=author, message_id=draft.id)
            return _answer(
                locked,
                message,
                author,
                draft.analysis,
                attachment_ids,
                is_only_child=parent_id is None,
                is_behind=is_behind,
                models=names,
            )
    except (BadValue, IntegrityError, ReplyRunning):
        # It may be a message that has arrived before, of which the client did not hear; since then a reply
        # may run, or a model be gone.
        if earlier := _sent_before(draft.id, author, digest, len(models) or 1):
            return earlier
        raise


def regenerate_reply(*, message: Message, author: User, provider: str = "", model: str = "") -> Message:
    """Answer again: a new sibling of that reply, on show in its place.

    With `provider` that one's `model` answers this once; the session keeps its own.

    Raises:
        BadValue: the message is no reply.
        ReplyRunning: a reply runs.
    """
    if message.role != Message.Role.ASSISTANT:
        raise BadValue(_("Only a reply can be made again."))
    with transaction.atomic():
        session = lock_message(message)
        jobs.refuse_while_open(session)
        parent = message.parent
        if parent is not None and parent.deleted_at is not None:
            raise BadValue(_("The message that this answers was deleted. Bring it back first."))
        [reply] = replies_to(session, parent, [(provider, model)] if provider else [])
        add_replies(session, parent, [reply], author)
    return reply


def resend_message(
    *,
    message: Message,
    author: User,
    draft: Draft,
    check: Check[Message] = unchecked,
    models: Sequence[Asked] = (),
) -> Sent:
    """Send a changed message as a sibling of the old one, and have it answered, by each of `models` if any.

    Raises:
        BadValue: it is not a person's message, or those models cannot be asked.
        ReplyRunning: a reply runs.
        ChangedMeanwhile: by the `check`.
    """
    if message.role != Message.Role.USER:
        raise BadValue(_("Only a message that you sent can be sent again."))
    names = asked_at_once(models, author) if models else ()
    with transaction.atomic():
        session = lock_message(message)
        jobs.refuse_while_open(session)
        check(message)
        parent = message.parent
        tree.show_up_to(session, parent)
        changed = _user_message(session, parent, author, draft)
        return _answer(session, changed, author, draft.analysis, models=names)


def _digest(
    session: Session,
    content: str,
    attachment_ids: Sequence[UUID],
    parent_id: UUID | None,
    models: Sequence[Asked],
) -> str:
    sent = [str(session.pk), content, [str(key) for key in attachment_ids], str(parent_id)]
    several = [[*models]] if models else []
    return hashlib.sha256(encode([*sent, *several]).encode("utf-8", "surrogatepass")).hexdigest()


def _sent_before(message_id: UUID, author: User, digest: str, count: int) -> Sent | None:
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        return None
    replies = message.children.order_by("created_at", "id")[:count]
    if message.author_id != author.pk or message.sent_digest != digest or not replies:
        raise IdReused(
            _("A message with this id was sent before, and it was another one."), field="message_id"
        )
    return Sent(message, replies[0], is_new=False, others=tuple(replies[1:]))


def _parent(session: Session, parent_id: UUID | None) -> Message | None:
    if parent_id is None:
        return tree.leaf(session)
    parent = Message.objects.filter(session=session, pk=parent_id).first()
    if parent is None:
        raise BadValue(_("The message to answer is not in this conversation."), field="parent_id")
    return parent


def _user_message(session: Session, parent: Message | None, author: User, draft: Draft) -> Message:
    return Message(
        id=draft.id,
        session=session,
        parent=parent,
        depth=0 if parent is None else parent.depth + 1,
        role=Message.Role.USER,
        author=author,
        content=draft.content,
        html=draft.html,
        html_version=RENDERER_VERSION,
    )


def _answer(
    session: Session,
    message: Message,
    author: User,
    analysis: Analysis,
    attachment_ids: Sequence[UUID] = (),
    *,
    is_only_child: bool = False,
    is_behind: bool = False,
    models: Sequence[Asked] = (),
) -> Sent:
    """Save a message and its replies' rows, count, name the session, queue the making, and tell."""
    replies = replies_to(session, message, models)
    Message.objects.bulk_create([message, *replies])
    attachments = _attach(message, author, attachment_ids)
    index_messages(session, [(message, analysis)], files={message.pk: attachments})
    if not session.name:
        session.name = title_of(message.content or attachments[0].name)
        session.awaits_title = True
        index_title(session)
    session.message_count += 2
    session.updated_at = timezone.now()
    session.follow_ups = {}
    # Queries are only made for what is not known of a new message.
    sent = MessageView(message, message.content, alternatives=(message.pk,), attachments=attachments)
    sent = sent if is_only_child else views_of([message])[0]
    keys = tuple(reply.pk for reply in replies)
    answers = [MessageView(reply, "", alternatives=keys) for reply in replies]
    if len(replies) > 1:
        open_lineup(session, message)
    record(
        session,
        ack_note(sent, *answers),
        *(message_note("created", view) for view in (sent, *answers)),
        session_note(session),
        changed=["message_count", "name", "awaits_title", "follow_ups", "updated_at"],
    )
    have_made(answers, session, author, is_behind=is_behind)
    return Sent(message, replies[0], views=(sent, *answers), others=tuple(replies[1:]))


def _attach(message: Message, author: User, attachment_ids: Sequence[UUID]) -> tuple[Attachment, ...]:
    wanted = set(attachment_ids)
    if not wanted:
        return ()
    free = Attachment.objects.filter(pk__in=wanted, owner=author, message=None)
    places = [When(pk=key, then=Value(place)) for place, key in enumerate(dict.fromkeys(attachment_ids))]
    if free.update(message=message, position=Case(*places, default=Value(0))) != len(wanted):
        raise BadValue(_("An attached file is not there any more. Attach it again."), field="attachment_ids")
    return tuple(message.attachments.order_by("position", "created_at", "id"))
