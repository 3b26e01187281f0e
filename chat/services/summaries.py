"""Summaries as people handle them: asked for, cancelled, edited, redone, removed, put into the chat."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import audit
from chat.background import queue
from chat.errors import BlankText, Conflict, TooLong
from chat.estimates import tokens_in
from chat.generation.summarising.due import begin_aside
from chat.generation.summarising.keeping import shown_in, tell
from chat.generation.summarising.making import model_for
from chat.log import lock_session
from chat.models import Aside, Message, Session, Summary, User
from chat.services.parts import append_parts
from chat.services.quotas import check_quotas
from chat.text import clean_text, number

PURPOSE = Aside.Purpose


def ask_summary(*, session: Session, user: User) -> Aside:
    """Have all that is on show summed up for people; where that is under way, it goes on.

    Raises:
        QuotaExceeded: this person's limit is reached.
    """
    _check_quotas(session, user)
    with transaction.atomic():
        locked = lock_session(session)
        aside = begin_aside(locked, Aside(owner=user, purpose=PURPOSE.READING))
        if aside.attempts == 0:
            audit.note(audit.Action.SUMMARY_ASKED, aside, session=locked)
    return aside


def cancel_summary(*, session: Session) -> None:
    """Have what is under way for people end; also when nothing is."""
    with transaction.atomic():
        lock_session(session)
        for aside in open_asides(session, PURPOSE.READING):
            queue.request_cancel(aside)


def open_asides(session: Session, purpose: str) -> list[Aside]:
    """What is under way there: one at most."""
    return list(Aside.objects.filter(session=session, purpose=purpose, ended_at=None))


def edit_summary(*, summary: Summary, editor: User, text: str) -> Summary:
    """Have models read this in the place of the messages.

    Raises:
        BlankText, TooLong: that is no summary.
        Conflict: it was removed, or another one is in its place.
    """
    text = clean_text(text).strip()
    if not text:
        raise BlankText(_("Write something, or remove the summary."), field="text")
    if len(text) > settings.MESSAGE_MAX_CHARS:
        words = _("A summary can have %(most)s characters.")
        raise TooLong(words % {"most": number(settings.MESSAGE_MAX_CHARS)}, field="text")
    with transaction.atomic():
        locked, row = _lock(summary)
        row.text, row.tokens = text, tokens_in(text)
        row.edited_by, row.edited_at, row.version = editor, timezone.now(), row.version + 1
        # A person has looked at it, whatever was changed before.
        row.is_outdated = False
        row.save()
        tell(locked, [row.upto])
        audit.note(audit.Action.SUMMARY_EDITED, row, session=locked)
    return row


def remove_summary(*, summary: Summary) -> None:
    """Have it read by nobody any more; none is made by itself for what it covered.

    Raises:
        Conflict: another one is in its place.
    """
    with transaction.atomic():
        locked, row = _lock(summary)
        row.text, row.removed_at = "", timezone.now()
        row.save(update_fields=["text", "removed_at"])
        before = shown_in(locked)  # an earlier one comes to light
        tell(locked, {row.upto, *([before.upto] if before else [])})
        audit.note(audit.Action.SUMMARY_REMOVED, row, session=locked)


def redo_summary(*, summary: Summary, user: User) -> Aside:
    """Have another one made of the same messages; till it is there, this one stays.

    Raises:
        QuotaExceeded: this person's limit is reached.
        Conflict: it was removed, or another one is in its place.
    """
    _check_quotas(summary.session, user)
    with transaction.atomic():
        locked, row = _lock(summary)
        data = {"upto_depth": row.upto_depth, "is_again": True}
        aside = begin_aside(locked, Aside(owner=user, purpose=PURPOSE.CONTEXT, data=data))
        tell(locked, [row.upto])
        audit.note(audit.Action.SUMMARY_ASKED, aside, session=locked)
    return aside


def put_summary(*, session: Session, summary: Summary, author: User) -> Message:
    """Say in the conversation what a summary for people says.

    Raises:
        NotAllowed: the person may not write there any more.
    """
    parts = [{"type": "text", "text": summary.text}]
    return append_parts(session=session, author=author, role=Message.Role.SYSTEM, parts=parts)


def _check_quotas(session: Session, user: User) -> None:
    """Said at once, where the job would fail of it."""
    provider, model = model_for(session, {})
    check_quotas(user=user, provider=provider, model=model)


def _lock(summary: Summary) -> tuple[Session, Summary]:
    locked = lock_session(summary.session)
    row = Summary.objects.live().filter(pk=summary.pk).first()
    if row is None:
        raise Conflict(_("This summary was removed meanwhile."))
    row.session = locked
    return locked, row
