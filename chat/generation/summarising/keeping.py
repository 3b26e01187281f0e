"""Summaries as rows: kept, told to all who look, no longer used when what they cover was changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from chat.beside import folds_of
from chat.estimates import tokens_in
from chat.log import message_note, record
from chat.models import Aside, Message, Session, Summary
from chat.snapshot import views_of

CONTEXT = Summary.Purpose.CONTEXT


@dataclass(frozen=True)
class Made:
    """What a model wrote, of how many messages up to which, and who that was."""

    text: str
    count: int
    upto: UUID
    provider: str
    model: str


def keep(session_id: UUID, purpose: str, made: Made) -> Summary | None:
    """Keep a summary; of one that is for a person the one before goes.

    None where nobody needs it any more: what it covers is not on show, or the conversation is gone.
    """
    with transaction.atomic():
        session = Session.objects.select_for_update().filter(pk=session_id, deleted_at=None).first()
        upto = Message.objects.live().filter(pk=made.upto, session=session, is_active=True).first()
        if session is None or upto is None:
            return None
        before = shown_in(session)
        if purpose != CONTEXT:
            Summary.objects.filter(session=session, purpose=purpose).delete()
        summary = Summary.objects.create(
            session=session,
            purpose=purpose,
            upto=upto.pk,
            upto_depth=upto.depth,
            upto_origin=upto.origin or upto.pk,
            count=made.count,
            text=made.text,
            tokens=tokens_in(made.text),
            provider=made.provider[:80],
            model=made.model[:200],
        )
        if purpose == CONTEXT:
            tell(session, {upto.pk, *([before.upto] if before else [])})
    return summary


def tell(session: Session, message_ids: Iterable[UUID]) -> None:
    """Have the places of summaries shown anew; the session is locked."""
    rows = Message.objects.filter(pk__in=list(message_ids), session=session).order_by("depth")
    record(session, *(message_note("updated", view) for view in views_of(rows)))


def shown_in(session: Session) -> Summary | None:
    """The summary whose place the conversation shows."""
    found = Summary.objects.live().filter(session=session, purpose=CONTEXT).order_by("-upto_depth")
    rows = list(Message.objects.filter(pk__in=found.values("upto")))
    return next((fold.summary for fold in folds_of(rows).values()), None)


def tell_of_end(job: Aside) -> None:
    """Whatever came of it: the place that says that a summary is being made says so no more."""
    if job.purpose == Aside.Purpose.CONTEXT:
        with transaction.atomic():
            session = Session.objects.select_for_update().filter(pk=job.session_id).first()
            shown = session and shown_in(session)
            if session is not None and shown:
                tell(session, [shown.upto])


def last_kept(session: Session, *, upto_depth: int) -> Summary | None:
    """The furthest reaching summary of what is on show up to that depth, to go on from."""
    on_show = Message.objects.live().on_path(session).filter(pk=OuterRef("upto"))
    found = Summary.objects.in_use().filter(Exists(on_show), session=session, upto_depth__lte=upto_depth)
    return found.order_by("-upto_depth", "-created_at").first()


def furthest(session: Session) -> int:
    """The depth up to which there is a summary, or was one that a person removed; -1 for none."""
    on_show = Message.objects.on_path(session).filter(pk=OuterRef("upto"))
    found = Summary.objects.filter(Exists(on_show), session=session, purpose=CONTEXT, is_outdated=False)
    depth: int | None = found.aggregate(depth=Max("upto_depth"))["depth"]
    return -1 if depth is None else depth


def outdate(session: Session, message: Message) -> None:
    """What covers a message that was changed or deleted is not read by models any more."""
    covering = Summary.objects.filter(session=session, upto_depth__gte=message.depth, is_outdated=False)
    if message.is_active and covering.update(is_outdated=True):
        shown = shown_in(session)
        if shown is not None and shown.upto != message.pk:
            tell(session, [shown.upto])
