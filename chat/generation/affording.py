"""Who stands in for another may cost what that one did not: a limit that is used up holds for them too."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from chat.costs import prices_of
from chat.costs.meters import Meter, reached_by, refusing
from chat.generation.chain import Entry, entry_of
from chat.generation.choice import Candidate
from chat.models import User
from chat.phrases import Phrase
from chat.providers.contract import ProviderError


def afforded(user_id: UUID | None, stand_ins: Iterable[Candidate]) -> tuple[list[Candidate], list[Entry]]:
    """Those that the person may still ask, and why the others are not asked."""
    found = list(stand_ins)
    user = User.objects.filter(pk=user_id).first() if found and user_id else None
    reached = reached_by(user) if user else []
    if not reached:
        return found, []
    kept = [one for one in found if _refusing(reached, one) is None]
    return kept, [_entry(one) for one in found if one not in kept]


def _refusing(reached: list[Meter], one: Candidate) -> Meter | None:
    return refusing(reached, one.config, prices_of(one.config, one.model, timezone.now()))


def _entry(candidate: Candidate) -> Entry:
    name = candidate.config.name
    error = ProviderError(
        Phrase("%(name)s was not asked", name=name), Phrase("A limit of costs or tokens is used up.")
    )
    return entry_of(name, candidate.model, error)
