"""How much of models' work people may take, and what they have taken. What is under way may run over."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.costs import prices_of
from chat.errors import NoProvider, TooMany
from chat.generation.choice import provider_for
from chat.models import Quota, UsageDay, User
from chat.providers.prices import is_free
from chat.services.rate_limits import count_message
from chat.text import number

# From this share on one is warned.
WARNING = Decimal("0.8")
TOKENS = F("input_tokens") + F("output_tokens") + F("estimated_tokens")
COST = F("cost") + F("estimated_cost")


class QuotaExceeded(TooMany):
    code = "quota-exceeded"
    title = gettext_lazy("Limit reached")


@dataclass(frozen=True)
class Meter:
    """A limit, and what has been taken of it since its period began; what nobody told is estimated."""

    quota: Quota
    begins: date
    starts_anew: date
    tokens: int
    cost: Decimal

    @property
    def cost_share(self) -> Decimal:
        return _share(self.cost, self.quota.cost_limit)

    @property
    def token_share(self) -> Decimal:
        return _share(Decimal(self.tokens), self.quota.token_limit)

    @property
    def share(self) -> Decimal:
        """Of the limit that is nearer: 1 and more when it is reached."""
        return max(self.cost_share, self.token_share)

    @property
    def is_near(self) -> bool:
        return self.share >= WARNING

    @property
    def is_reached(self) -> bool:
        return self.share >= 1

    @property
    def limit_words(self) -> str:
        """The limit that is nearer."""
        if self.cost_share >= self.token_share and self.quota.cost_limit is not None:
            limit = f"${number_format(self.quota.cost_limit, 2)}"
        else:
            limit = _("%(n)s tokens") % {"n": number(self.quota.token_limit or 0)}
        words = _("%(limit)s a day") if self.quota.period == Quota.Period.DAY else _("%(limit)s a month")
        return words % {"limit": limit}


def admit_request(*, user: User, provider: str, model: str) -> None:
    """Count a request of `user` to that model, or to the default one.

    Raises:
        TooMany: of the rate limit, or QuotaExceeded; then it is not counted.
    """
    check_quotas(user=user, provider=provider, model=model)
    count_message(user=user)


def check_quotas(*, user: User, provider: str, model: str) -> None:
    """Let `user` ask that model, or the default one, for another reply.

    Under a limit of costs a model that costs nothing answers all the same.

    Raises:
        QuotaExceeded: a limit is reached.
    """
    reached = [meter for meter in meters_of(user) if meter.is_reached]
    if not any(meter.token_share >= 1 for meter in reached) and reached and _is_free(provider, model):
        return
    if reached:
        raise _exceeded(max(reached, key=lambda meter: meter.starts_anew))


def meters_of(user: User) -> list[Meter]:
    """Every limit that applies to a person, the nearest first. Two queries."""
    quotas = list(_quotas_of(user))
    if not quotas:
        return []
    today = timezone.now().astimezone(UTC).date()
    periods = [_period(quota, today) for quota in quotas]
    sums = _sums(user, quotas, [begins for begins, _end in periods])
    meters = [
        Meter(quota, begins, end, sums[f"tokens_{place}"] or 0, sums[f"cost_{place}"] or Decimal(0))
        for place, (quota, (begins, end)) in enumerate(zip(quotas, periods, strict=True))
    ]
    return sorted(meters, key=lambda meter: meter.share, reverse=True)


def _quotas_of(user: User) -> QuerySet[Quota]:
    everybody = Q(user=None, group=None)
    groups = Q(group__in=user.groups.all())
    return Quota.objects.select_related("group").filter(Q(user=user) | groups | everybody).order_by("id")


def _period(quota: Quota, today: date) -> tuple[date, date]:
    """The day on which it began, and that on which the next one begins."""
    if quota.period == Quota.Period.DAY:
        return today, today + timedelta(days=1)
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _sums(user: User, quotas: Sequence[Quota], begins: Sequence[date]) -> dict[str, Any]:
    rows = UsageDay.objects.filter(day__gte=min(begins))
    if not any(quota.is_shared for quota in quotas):
        rows = rows.filter(user=user)
    sums: dict[str, Sum] = {}
    money = DecimalField(max_digits=20, decimal_places=8)
    for place, (quota, begin) in enumerate(zip(quotas, begins, strict=True)):
        counted = Q(day__gte=begin) & _whose(quota, user)
        sums[f"tokens_{place}"] = Sum(TOKENS, filter=counted)
        sums[f"cost_{place}"] = Sum(COST, filter=counted, output_field=money)
    return rows.aggregate(**sums)


def _whose(quota: Quota, user: User) -> Q:
    if not quota.is_shared:
        return Q(user=user)
    return Q() if quota.group is None else Q(user__in=quota.group.user_set.values("pk"))


def _is_free(provider: str, model: str) -> bool:
    try:
        config, asked = provider_for(provider, model)
    except NoProvider:
        return False
    prices = prices_of(config, asked, timezone.now())
    return prices is not None and is_free(prices)


def _exceeded(meter: Meter) -> QuotaExceeded:
    anew = datetime.combine(meter.starts_anew, time(), UTC)
    words = {
        "limit": meter.limit_words,
        "day": date_format(timezone.localtime(anew), "DATETIME_FORMAT"),
        "group": meter.quota.group.name if meter.quota.group else "",
    }
    if not meter.quota.is_shared:
        said = _("You have used up your %(limit)s. It starts anew on %(day)s.")
    elif meter.quota.group:
        said = _("The group “%(group)s” has used up its %(limit)s. It starts anew on %(day)s.")
    else:
        said = _("Everybody here together has used up %(limit)s. It starts anew on %(day)s.")
    said = said % words
    if meter.token_share < 1:
        said = _("%(words)s Models that cost nothing still answer.") % {"words": said}
    return QuotaExceeded(said, retry_after=max(1, math.ceil((anew - timezone.now()).total_seconds())))


def _share(taken: Decimal, limit: Decimal | int | None) -> Decimal:
    if limit is None:
        return Decimal(0)
    return taken / limit if limit else Decimal(1)
