"""What people took, for tests: rows of the sums of a day, prices and limits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from chat.models import ModelPrice, Purpose, Quota, UsageDay, User


def today() -> date:
    return timezone.now().date()


def took(user: User | None, cost: Any = 0, days_ago: int = 0, **fields: Any) -> UsageDay:
    """A day's sum of a person: one request unless told otherwise."""
    values = {"provider": "scripted", "model": "default", "purpose": Purpose.REPLY, "requests": 1, **fields}
    return UsageDay.objects.create(user=user, day=today() - timedelta(days=days_ago), cost=cost, **values)


def limit(cost: Any = None, tokens: int | None = None, **fields: Any) -> Quota:
    return Quota.objects.create(cost_limit=cost, token_limit=tokens, **fields)


def price(model: str = "default", provider: str = "scripted", **fields: Any) -> ModelPrice:
    values = {"input_price": 2, "output_price": 10, "valid_from": today(), **fields}
    return ModelPrice.objects.create(provider=provider, model=model, **values)
