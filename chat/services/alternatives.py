"""More replies to a question that has some: by several models at once, or one that is merged from them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.generation import jobs
from chat.log import lock_message
from chat.models import Message, Session, User
from chat.services.lineups import LEAST, Asked, asked_at_once, open_lineup, settle_lineup
from chat.services.replying import add_replies, replies_to

# More than anybody lines up; each takes of the room that there is for all.
MOST_MERGED = 8


def ask_beside(*, message: Message, author: User, models: Sequence[Asked]) -> list[Message]:
    """Have each of those models answer as well, all at once; then all replies to the question are lined up.

    `message` is the question, or one of its replies. The first of those that come back is on show.

    Raises:
        BadValue: there is no question, or it was deleted, or those models cannot be asked.
        ReplyRunning: a reply runs.
    """
    names = asked_at_once(models, author)
    with transaction.atomic():
        session, question = _lock_question(message)
        replies = replies_to(session, question, names)
        open_lineup(session, question)
        add_replies(session, question, replies, author)
    return replies


def merge_replies(*, message: Message, author: User, provider: str = "", model: str = "") -> Message:
    """Have the whole replies to a question merged by that model, or by the session's: one more alternative.

    `message` is the question, or one of its replies.

    Raises:
        BadValue: there is no question, or it was deleted, or has no two whole replies.
        ReplyRunning: a reply runs.
    """
    with transaction.atomic():
        session, question = _lock_question(message)
        merged = _whole_replies(question)
        if len(merged) < LEAST:
            raise BadValue(_("There are no two replies to merge."))
        [reply] = replies_to(session, question, [(provider, model)] if provider else [])
        reply.merged_from = [
            {"provider": one.provider, "model": one.model, "message_id": str(one.pk)} for one in merged
        ]
        add_replies(session, question, [reply], author)
        settle_lineup(session, question.pk, reply)
    return reply


def _lock_question(message: Message) -> tuple[Session, Message]:
    """The session, locked, and what that message asks, or answers."""
    session = lock_message(message)
    jobs.refuse_while_open(session)
    question = message if message.role == Message.Role.USER else message.parent
    if question is None or question.role != Message.Role.USER:
        raise BadValue(_("There is no question that a model could answer."))
    if question.deleted_at is not None:
        raise BadValue(_("The message that this answers was deleted. Bring it back first."))
    return session, question


def _whole_replies(question: Message) -> list[Message]:
    """Those that ended well and say something, but for such as were merged from others."""
    rows = Message.objects.live().filter(
        parent=question, role=Message.Role.ASSISTANT, status=Message.Status.COMPLETE, merged_from__isnull=True
    )
    return list(rows.exclude(content="").order_by("created_at", "id")[:MOST_MERGED])
