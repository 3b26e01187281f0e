"""Messages that wait for the reply above them: taken back, or answered without waiting for its end."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chat.errors import BadValue, ReplyRunning
from chat.generation import ending, jobs
from chat.index import analysis_of, reindex_message
from chat.log import lock_message
from chat.models import Attachment, Generation, Message, User
from chat.services.messages import delete_message


def take_back(*, message: Message, author: User) -> tuple[Attachment, ...]:
    """Take a message that waits out of the conversation, and its reply; its files are free again.

    Raises:
        BadValue: somebody else wrote it.
        ReplyRunning: it is being answered already.
    """
    if message.author_id != author.pk:
        raise BadValue(_("Only a message that you sent can be taken back."))
    with transaction.atomic():
        session = lock_message(message)
        waiting = Generation.objects.filter(message__parent=message, state=Generation.State.QUEUED)
        generations = list(waiting.select_related("message"))
        if not generations or not all(jobs.withdraw(one.pk) for one in generations):
            raise ReplyRunning(_("This message is being answered already. Stop the reply instead."))
        for generation in generations:
            ending.end_unrun(session, generation, status=Message.Status.STOPPED)
        files = tuple(message.attachments.order_by("position", "created_at", "id"))
        message.attachments.update(message=None)
        reindex_message(session, message, analysis_of(message.content))
        for generation in generations:
            delete_message(message=generation.message)
        delete_message(message=message)
    return files


def answer_now(*, message: Message) -> None:
    """Stop the replies that are made, so that what waits is answered; nothing where it waits no longer.

    Of several to one question some may wait for a worker themselves: they are of those that are made.
    """
    rows = Generation.objects.filter(session=message.session_id).exclude(state=Generation.State.ENDED)
    open_ones = list(rows.select_related("message"))
    begun = {one.message.parent_id for one in open_ones if one.state != Generation.State.QUEUED}
    waits = message.pk not in begun and any(one.message.parent_id == message.pk for one in open_ones)
    for one in open_ones if waits else ():
        if one.message.parent_id in begun:
            jobs.request_stop(session=message.session, message_id=one.message_id)
