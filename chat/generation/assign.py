"""From claimed rows to assignments: all that a run needs from the database, read in one go."""

from __future__ import annotations

from copy import copy
from uuid import UUID

from chat.errors import NoProvider
from chat.generation.choice import Candidate, candidate_of, provider_for
from chat.generation.context import turns_before
from chat.generation.jobs import claim
from chat.generation.reply import Assignment
from chat.models import Generation, Message
from chat.snapshot import views_of


def claim_assignments(*, worker_id: UUID, room: int) -> list[Assignment]:
    """Claim up to `room` generations and read what they need."""
    claimed = claim(worker_id=worker_id, room=room)
    if not claimed:
        return []
    rows = (
        Generation.objects.select_related("message", "session__project")
        .filter(pk__in=claimed)
        .order_by("created_at")
    )
    return [assignment_of(row, alternatives=views_of([row.message])[0].alternatives) for row in rows]


def assignment_of(generation: Generation, *, alternatives: tuple[UUID, ...]) -> Assignment:
    """What the run of a claimed generation needs; its message is the run's own from now on."""
    message = copy(generation.message)
    session = generation.session
    candidates, problem = _candidates(message)
    return Assignment(
        generation_id=generation.pk,
        message=message,
        alternatives=alternatives,
        turns=tuple(turns_before(session, message)),
        candidates=candidates,
        temperature=session.all_settings["temperature"],
        max_tokens=session.all_settings["max_tokens"],
        problem=problem,
    )


def _candidates(message: Message) -> tuple[tuple[Candidate, ...], str]:
    """Who is asked, by the message's wish or the default; without any, why, in words."""
    try:
        config, model = provider_for(message.provider, message.model)
    except NoProvider as missing:
        return (), missing.words
    message.provider, message.model = config.name, model
    return (candidate_of(config, model),), ""
