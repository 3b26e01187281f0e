"""The queue of replies: put in, claimed by a conditional update, stopped, taken back from the dead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.errors import ReplyRunning
from chat.generation import ending, liveness
from chat.hub import hub
from chat.log import lock_session
from chat.models import Chunk, Generation, Message, Session, User, WorkerProcess
from chat.models.prepared import Prepared

# A process that has not beaten for so long counts as dead; it beats five times as often.
STALE_SECONDS = 10.0
# Between a claim and its run lie milliseconds.
LOST_SECONDS = 30.0
# A reply that has taken down so many processes is not begun again.
MAX_ATTEMPTS = 3
RUNNING = _("A reply is still being written in this conversation. Stop it, or wait until it has ended.")


class Desk(Protocol):
    """The worker of this very process, which can begin a reply without looking for it in the queue."""

    id: UUID

    def has_room(self) -> bool: ...

    def begin(self, generation: Generation, alternatives: tuple[UUID, ...]) -> None: ...


_desk: Desk | None = None


def open_desk(desk: Desk | None) -> None:
    """Have replies that are asked for in this process begun by `desk`, while it has room."""
    global _desk
    _desk = desk


def enqueue(
    *,
    message: Message,
    session: Session,
    requested_by: User | None,
    alternatives: tuple[UUID, ...],
    is_behind: bool = False,
    lane: int = 0,
) -> Generation:
    """Have a reply made: here, claimed from the start, or by whichever worker takes it from the queue.

    `alternatives` are the reply's, as in its view; `is_behind`: another reply of the session comes
    first; `lane`: as the generation has it. Call it after the events that announce the reply are
    recorded; it is begun when the transaction is committed.
    """
    generation = Generation(message=message, session=session, requested_by=requested_by, lane=lane)
    desk = _desk
    if desk is None or is_behind or not desk.has_room():
        generation.save(force_insert=True)
        transaction.on_commit(lambda: hub.give_order("work"))
        return generation
    generation.state = Generation.State.RUNNING
    generation.worker_id = desk.id
    generation.started_at = timezone.now()
    Generation.objects.bulk_create([generation])
    # Should it fail to begin, it is reclaimed after a while; the message is saved all the same.
    transaction.on_commit(lambda: desk.begin(generation, alternatives), robust=True)
    return generation


def has_open(session: Session) -> bool:
    """Whether a reply of this session is being made or waits to be."""
    return bool(_open_in(session.pk))


_open_in = Prepared(
    lambda session: (
        Generation.objects.filter(session=session).exclude(state=Generation.State.ENDED).values_list("pk")[:1]
    ),
    UUID,
)


def refuse_while_open(session: Session) -> None:
    """Raises ReplyRunning while a reply of the session is being made or waits to be."""
    if has_open(session):
        raise ReplyRunning(RUNNING)


def open_beside(session: Session, message: Message) -> list[Generation]:
    """What is being made beside that message, which is one of several replies to its question, or is it.

    Raises:
        ReplyRunning: anything else is being made or waits to be.
    """
    found = Generation.objects.select_related("message").filter(session=session)
    open_ones = list(found.exclude(state=Generation.State.ENDED))
    if any(not one.lane or one.message.parent_id != message.parent_id for one in open_ones):
        raise ReplyRunning(RUNNING)
    return open_ones


def claim(*, worker_id: UUID, room: int) -> list[UUID]:
    """Claim up to `room` queued generations, oldest first, and of a session one question's; their ids."""
    open_before = Generation.objects.filter(session=OuterRef("session")).exclude(state=Generation.State.ENDED)
    # Those that answer the same question are made at once.
    open_before = open_before.exclude(lane__gt=0, message__parent=OuterRef("message__parent"))
    running = open_before.filter(state__in=(Generation.State.RUNNING, Generation.State.WAITING))
    earlier = open_before.filter(state=Generation.State.QUEUED, created_at__lt=OuterRef("created_at"))
    queued = (
        Generation.objects.filter(state=Generation.State.QUEUED)
        .filter(~Exists(running), ~Exists(earlier))
        .order_by("created_at")
        .values_list("id", flat=True)[:room]
    )
    return [key for key in queued if _claim_one(key, worker_id)]


def _claim_one(generation_id: UUID, worker_id: UUID) -> bool:
    """Of several workers one gets it: its update finds the row still queued."""
    free = Generation.objects.filter(pk=generation_id, state=Generation.State.QUEUED)
    try:
        with transaction.atomic():
            won = free.update(state=Generation.State.RUNNING, worker=worker_id, started_at=timezone.now())
    except IntegrityError:  # another reply of the session has just begun
        return False
    return won == 1


def request_stop(*, session: Session, message_id: UUID | None = None, is_all: bool = False) -> bool:
    """Stop what runs or is next, or that one, or with `is_all` every one; whether there was any.

    Of several replies to one question all are stopped. One that waits ends here and now; one that runs is
    ended by the process that runs it.
    """
    with transaction.atomic():
        locked = lock_session(session)
        open_ones = (
            Generation.objects.select_related("message")
            .filter(session=session)
            .exclude(state=Generation.State.ENDED)
        )
        found = list(open_ones.order_by("created_at"))
        if message_id is not None:
            found = [one for one in found if _is_of(one.message, message_id)]
        elif not is_all:
            found = [one for one in found if one == found[0] or _are_beside(one, found[0])]
        for generation in found:
            stop(locked, generation)
    return bool(found)


def stop(session: Session, generation: Generation) -> None:
    """Stop one that is open; the session is locked."""
    if withdraw(generation.pk):
        ending.end_unrun(session, generation, status=Message.Status.STOPPED)
    else:
        Generation.objects.filter(pk=generation.pk).update(stop_requested_at=timezone.now())
        transaction.on_commit(partial(hub.give_order, "stop", str(generation.message_id)))


def _are_beside(one: Generation, other: Generation) -> bool:
    """Whether both are made at once."""
    return bool(one.lane and other.lane and one.message.parent_id == other.message.parent_id)


def _is_of(message: Message, message_id: UUID) -> bool:
    """Whether it is that one, or goes on in its place: who saw that one run may not know of this one yet."""
    return message.pk == message_id or str(message_id) in (one.get("message_id") for one in message.tried)


def withdraw(generation_id: UUID) -> bool:
    """End one that nobody runs; whether it still was so: workers claim without the session's lock."""
    idle = (Generation.State.QUEUED, Generation.State.WAITING)
    still = Generation.objects.filter(pk=generation_id, state__in=idle)
    return still.update(state=Generation.State.ENDED, ended_at=timezone.now()) == 1


def stops_for(worker_id: UUID) -> list[UUID]:
    """Messages of this worker that somebody asked to stop, in case the order did not arrive."""
    asked = Generation.objects.filter(
        worker=worker_id, state=Generation.State.RUNNING, stop_requested_at__isnull=False
    )
    return list(asked.values_list("message_id", flat=True))


def beat(worker_id: UUID) -> None:
    WorkerProcess.objects.filter(pk=worker_id).update(beat_at=timezone.now())


def reclaim(*, me: UUID | None = None, busy_with: Sequence[UUID] = ()) -> int:
    """End what dead processes left half said as interrupted, queue again what had not begun; how many.

    `busy_with` are the messages that worker `me` is writing; what else is down as its own, it has
    lost by a fault.
    """
    dead = _dead_workers(me)
    orphans = Generation.objects.filter(state=Generation.State.RUNNING, worker__in=dead)
    lost = Generation.objects.filter(state=Generation.State.RUNNING, worker=None)
    if me is not None:
        claimed_before = timezone.now() - timedelta(seconds=LOST_SECONDS)
        forgotten = Generation.objects.filter(
            state=Generation.State.RUNNING, worker=me, started_at__lt=claimed_before
        )
        lost = lost | forgotten.exclude(message__in=busy_with)
    count = 0
    for generation_id, session_id in (orphans | lost).values_list("id", "session_id"):
        count += _take_back(generation_id, session_id)
    left = WorkerProcess.objects.filter(pk__in=dead).exclude(generations__state=Generation.State.RUNNING)
    gone = list(left.values_list("pk", flat=True))
    WorkerProcess.objects.filter(pk__in=gone).delete()
    for worker_id in gone:  # only now: who dies before this leaves the proof to the next
        liveness.forget(worker_id)
    if count:
        hub.give_order("work")
    return count


def _dead_workers(me: UUID | None) -> Sequence[UUID]:
    stale = timezone.now() - timedelta(seconds=STALE_SECONDS)
    return [
        worker.pk
        for worker in WorkerProcess.objects.all()
        if worker.pk != me and (worker.beat_at < stale or liveness.is_surely_dead(worker.host, worker.pk))
    ]


def _take_back(generation_id: UUID, session_id: UUID) -> bool:
    with transaction.atomic():
        session = lock_session(session_id)
        generation = Generation.objects.select_related("message").get(pk=generation_id)
        if generation.state != Generation.State.RUNNING:
            return False  # its process was only slow, or another one was quicker than we
        has_text = bool(generation.message.parts) or Chunk.objects.filter(message=generation.message).exists()
        if generation.stop_requested_at is not None:
            ending.end_orphan(session, generation, status=Message.Status.STOPPED)
        elif has_text or generation.attempts + 1 >= MAX_ATTEMPTS:
            ending.end_orphan(session, generation, status=Message.Status.INTERRUPTED)
        else:
            put_back(generation.pk, generation.worker_id)
    return True


def put_back(generation_id: UUID, worker_id: UUID | None) -> None:
    """Queue a generation that `worker_id` had claimed, and that has not begun, again."""
    Generation.objects.filter(pk=generation_id, state=Generation.State.RUNNING, worker=worker_id).update(
        state=Generation.State.QUEUED, worker=None, attempts=F("attempts") + 1, note=""
    )
