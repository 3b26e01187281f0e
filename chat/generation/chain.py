"""Who is asked for a reply, and in which order: its own model, then those that stand in for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import F, Q

from chat.errors import NoProvider
from chat.generation.choice import Candidate, candidate_of, provider_for
from chat.generation.failure import failure_of
from chat.generation.health import Health, health_name, health_of, may_lead
from chat.models import ConfiguredProvider, Message, Session, User
from chat.phrases import Phrase
from chat.providers.contract import ProviderError

# How many are asked for one reply at most.
LONGEST = 6
Entry = dict[str, Any]


@dataclass(frozen=True)
class Chain:
    """`skipped` are not asked, or at last alone, as `Message.tried` has them; `problem`: why there is nobody.

    `further` finds those that stand in, from a thread that may read the database: most replies need none.
    """

    candidates: tuple[Candidate, ...] = ()
    skipped: tuple[Entry, ...] = ()
    problem: str = ""
    # Providers of whom a success is news.
    ailing: frozenset[str] = frozenset()
    further: Callable[[], Chain] | None = None


def chain_of(message: Message, session: Session, asker: User | None) -> Chain:
    """Who is asked for this reply that `asker` wants, but for those that were asked for it already."""
    wished = _resolved(message.provider, message.model, asker)
    if isinstance(wished, Candidate) and not message.tried:
        name = health_name(wished.config)
        health = health_of([name])[name]
        if health.state == "well":
            ailing = frozenset([name] if health.is_ailing else ())
            return Chain((wished,), ailing=ailing, further=partial(_whole, message, session, asker, wished))
    return _whole(message, session, asker)


def alone(message: Message, _session: Session, asker: User | None) -> Chain:
    """Who is asked for one of several replies: nobody stands in, since it is that one's that is wanted."""
    wished = _resolved(message.provider, message.model, asker)
    if not isinstance(wished, Candidate):
        return Chain(problem=wished["detail"])
    name = health_name(wished.config)
    return Chain((wished,), ailing=frozenset([name] if health_of([name])[name].is_ailing else ()))


def _whole(message: Message, session: Session, asker: User | None, failed: Candidate | None = None) -> Chain:
    """All that can be asked, after one that has failed just now."""
    found, missing = _found(message, session, asker)
    found = [one for one in found if failed is None or _key(one) != _key(failed)]
    problem = "" if found or not missing else missing[0]["detail"]
    standing = health_of(health_name(one.config) for one in found)
    rested = _rested(found, standing)
    awake = [one for one in found if one not in rested]
    skipped = [*(missing if found or failed else ()), *(_resting_entry(one) for one in rested)]
    return Chain(
        (*awake, *rested)[:LONGEST],
        tuple(skipped),
        problem,
        frozenset(name for name, health in standing.items() if health.is_ailing),
    )


def _key(candidate: Candidate) -> tuple[str, str]:
    return candidate.config.name, candidate.model


def entry_of(provider: str, model: str, error: ProviderError) -> Entry:
    """Who was asked, and why they did not answer, for `Message.tried`."""
    failure = failure_of(error.title, error.detail, is_retryable=error.retryable)
    del failure["retryable"]
    return {"provider": provider, "model": model[:200], **failure}


def _found(message: Message, session: Session, asker: User | None) -> tuple[list[Candidate], list[Entry]]:
    """Those that there are, and why others cannot be asked."""
    wished = _resolved(message.provider, message.model, asker)
    name = message.provider if isinstance(wished, dict) else wished.config.name
    asked = {(entry["provider"], entry["model"]) for entry in message.tried}
    found: dict[tuple[str, str], Candidate] = {}
    missing: list[Entry] = []
    for one in (wished, *(_resolved(*wish, asker) for wish in _stand_ins(session, name, asker))):
        if isinstance(one, Candidate):
            found.setdefault(_key(one), one)
        elif (one["provider"], one["model"]) not in asked:
            missing.append(one)
    return [one for key, one in found.items() if key not in asked], missing


def _resolved(provider: str, model: str, asker: User | None) -> Candidate | Entry:
    """Who that is, or why it is nobody."""
    try:
        return candidate_of(*provider_for(provider, model, asker))
    except NoProvider as unknown:
        title = Phrase("%(name)s is not there", name=provider)
        return entry_of(provider, model, ProviderError(title, unknown.words))


def _stand_ins(session: Session, name: str, asker: User | None) -> list[tuple[str, str]]:
    """Who is asked where that one fails: whom the conversation names, else the chain that begins with it."""
    if session.fallbacks:
        return [(one["provider"], one["model"]) for one in session.fallbacks]
    # The asker's own stand in for the site's of the same name.
    rows = ConfiguredProvider.objects.filter(Q(owner=None) | Q(owner=asker), fallback__isnull=False)
    rows = rows.order_by(F("owner").asc(nulls_first=True))
    links = dict(rows.values_list("name", "fallback__name"))
    chain = [name]
    while (name := links.get(name, "")) and name not in chain:
        chain.append(name)
    return [(one, "") for one in chain[1:]]


def _rested(found: Sequence[Candidate], standing: Mapping[str, Health]) -> list[Candidate]:
    """Those that are given a rest, unless nobody else is left."""
    resting = [one for one in found if standing[health_name(one.config)].state == "rested"]
    awake = [one for one in found if one not in resting]
    if len(awake) > 1:
        # One whose rest is over is asked by one reply first; those that others fail before may ask it anyway.
        name = health_name(awake[0].config)
        if standing[name].state == "trying" and not may_lead(name):
            resting += [one for one in awake if health_name(one.config) == name]
    return resting if len(resting) < len(found) else []


def _resting_entry(candidate: Candidate) -> Entry:
    name = candidate.config.name
    error = ProviderError(
        Phrase("%(name)s was not asked", name=name),
        Phrase("It has failed several times of late, and is left alone for a while."),
    )
    return entry_of(name, candidate.model, error)
