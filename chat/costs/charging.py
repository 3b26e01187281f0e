"""The one writer of what requests to models took: priced, and added to the sums of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils import timezone

from chat.costs.pricing import prices_of
from chat.models import NO_PROJECT, Purpose, Session
from chat.models.ids import for_database
from chat.providers.contract import ProviderConfig, Usage
from chat.providers.prices import cost_of, is_paid_by_asker

KEYS = ("user_id", "day", "project_id", "provider", "model", "purpose")
SUMS = (
    "requests", "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens",
    "cost", "unknown_costs", "estimated_tokens", "estimated_cost",
    "own_tokens", "own_cost",
)  # fmt: skip
NOTHING = Usage(None, None)
# What a server says that it took is not believed beyond this: sums must hold.
MOST_TOKENS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Charge:
    """What a request took. `about`: by our own estimate, where the provider told no tokens."""

    usage: Usage
    cost: Decimal | None
    about: Usage | None = None
    about_cost: Decimal | None = None
    # By a key of the person's own.
    is_own: bool = False


def charge(
    *,
    session: Session,
    user_id: UUID | None,
    purpose: Purpose,
    config: ProviderConfig | None,
    usage: Usage | None,
    model: str,
    asked: str = "",
    provider: str = "",
    about: Usage | None = None,
    at: datetime | None = None,
) -> Decimal | None:
    """Add a request that a model answered to the sums of the day; its cost, None where it is not known.

    Call it in the transaction that keeps what was answered, once for each request. Where two transactions
    have several each, they may wait for one another: the database ends one, which is to be tried again.

    `user_id` is who asked, `config` whom (None: a provider that is not there any more, called `provider`).
    `model` is who answered, by its own name, and `asked` the name by which it was asked. `about`: an estimate
    for when `usage` is None. The session's own sums are the caller's.
    """
    at = at or timezone.now()
    prices = None if config is None else prices_of(config, model, at, asked=asked)
    usage = None if usage is None else bounded(usage)
    about = about if usage is None or usage.input_tokens is None or usage.output_tokens is None else None
    is_own = config is not None and is_paid_by_asker(config)
    taken = Charge(usage or NOTHING, cost_of(prices, usage), about, cost_of(prices, about), is_own)
    key = (
        user_id and for_database(user_id),
        at.astimezone(UTC).date(),
        for_database(session.project_id or NO_PROJECT),
        (config.name if config else provider)[:80],
        (asked or model)[:200],
        purpose.value,
    )
    add_to_sums(key, taken)
    return taken.cost


def add_to_sums(key: tuple[UUID | str | date | None, ...], taken: Charge) -> None:
    """One statement, so that of two processes neither loses what the other adds."""
    usage, about = taken.usage, taken.about or NOTHING
    estimated = (about.input_tokens or 0) + (about.output_tokens or 0)
    estimated_cost = taken.about_cost if taken.cost is None and taken.about_cost else Decimal(0)
    tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0) + estimated
    sums = (
        1,
        usage.input_tokens or 0,
        usage.output_tokens or 0,
        usage.cached_tokens or 0,
        usage.cache_write_tokens or 0,
        usage.reasoning_tokens or 0,
        taken.cost or Decimal(0),
        int(taken.cost is None),
        estimated,
        estimated_cost,
        tokens if taken.is_own else 0,
        (taken.cost or Decimal(0)) + estimated_cost if taken.is_own else Decimal(0),
    )
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [*key, *sums])


def _statement() -> str:
    columns = (*KEYS, *SUMS)
    added = ", ".join(f"{name} = chat_usageday.{name} + excluded.{name}" for name in SUMS)
    return f"""
        INSERT INTO chat_usageday ({", ".join(columns)}) VALUES ({", ".join(["%s"] * len(columns))})
        ON CONFLICT ({", ".join(KEYS)}) DO UPDATE SET {added}
    """  # noqa: S608  only our own names are put in


def bounded(usage: Usage) -> Usage:
    """A server's numbers, as far as they can be true."""
    return Usage(
        _count(usage.input_tokens),
        _count(usage.output_tokens),
        _count(usage.cached_tokens),
        _count(usage.cache_write_tokens),
        _count(usage.reasoning_tokens),
        usage.cost,
    )


def _count(tokens: int | None) -> int | None:
    return tokens if tokens is not None and 0 <= tokens <= MOST_TOKENS else None
