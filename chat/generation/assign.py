"""From claimed rows to assignments: all that a run needs from the database, read in one go."""

from __future__ import annotations

from copy import copy
from uuid import UUID

from chat.generation.chain import alone, chain_of
from chat.generation.jobs import claim
from chat.generation.known import note_use
from chat.generation.reply import Assignment, Begun
from chat.models import Generation, Message
from chat.snapshot import views_of


def claim_assignments(*, worker_id: UUID, room: int) -> list[Assignment]:
    """Claim up to `room` generations and read what they need."""
    claimed = claim(worker_id=worker_id, room=room)
    if not claimed:
        return []
    rows = (
        Generation.objects.select_related("message", "session__project", "requested_by")
        .filter(pk__in=claimed)
        .order_by("created_at")
    )
    return [assignment_of(row, alternatives=views_of([row.message])[0].alternatives) for row in rows]


def assignment_of(generation: Generation, *, alternatives: tuple[UUID, ...]) -> Assignment:
    """What the run of a claimed generation needs; its message is the run's own from now on."""
    message = copy(generation.message)
    session = generation.session
    begun = _begun(message, generation) if generation.memo else None
    chain_for = alone if generation.lane else chain_of
    chain = chain_for(message, session, generation.requested_by)
    message.tried = [*message.tried, *chain.skipped]
    if chain.candidates:
        message.provider, message.model = chain.candidates[0].config.name, chain.candidates[0].model
        note_use(chain.candidates[0].config)
    return Assignment(
        generation_id=generation.pk,
        message=message,
        alternatives=alternatives,
        session=session,
        candidates=chain.candidates,
        problem=chain.problem,
        ailing=chain.ailing,
        further=chain.further,
        requested_by=generation.requested_by_id,
        asker=generation.requested_by,
        lane=generation.lane,
        begun=begun,
    )


def _begun(message: Message, generation: Generation) -> Begun:
    [view] = views_of([message])
    return Begun(view.content, view.reasoning, tuple(message.parts), generation.memo)
