"""What people may take, and what they have taken of it. What is under way may run over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DecimalField, F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chat.models import Quota, UsageDay, User
from chat.models.prepared import Prepared
from chat.providers.contract import ProviderConfig
from chat.providers.prices import Prices, is_free, is_paid_by_asker
from chat.text import money, number

# From this share on one is warned.
WARNING = Decimal("0.8")
# What went by keys of people's own is theirs to pay.
TOKENS = F("input_tokens") + F("output_tokens") + F("estimated_tokens") - F("own_tokens")
COST = F("cost") + F("estimated_cost") - F("own_cost")


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
    def percent(self) -> int:
        return int(min(self.share, Decimal(1)) * 100)

    @property
    def words(self) -> str:
        """Whose it is, and how much."""
        if not self.quota.is_shared:
            return self.limit_words
        if self.quota.group is None:
            return _("%(limit)s, everybody together") % {"limit": self.limit_words}
        return _("%(limit)s, “%(group)s” together") % {
            "limit": self.limit_words,
            "group": self.quota.group.name,
        }

    @property
    def left_words(self) -> str:
        """What is left of the limit that is nearer, and what was used."""
        if self.is_of_cost:
            limit = self.quota.cost_limit or Decimal(0)
            used, left = money(self.cost), money(max(Decimal(0), limit - self.cost))
        else:
            room = max(0, (self.quota.token_limit or 0) - self.tokens)
            used, left = number(self.tokens), number(room)
        return _("%(used)s used, %(left)s left") % {"used": used, "left": left}

    @property
    def anew_words(self) -> str:
        return _("starts anew on %(day)s") % {"day": date_format(self.anew_at, "SHORT_DATETIME_FORMAT")}

    @property
    def anew_at(self) -> datetime:
        """In the person's own time zone."""
        return timezone.localtime(datetime.combine(self.starts_anew, time(), UTC))

    @property
    def is_of_cost(self) -> bool:
        """Whether the limit that is nearer is one of the cost."""
        return self.quota.cost_limit is not None and self.cost_share >= self.token_share

    @property
    def limit_words(self) -> str:
        """The limit that is nearer."""
        if self.is_of_cost:
            limit = money(self.quota.cost_limit or Decimal(0))
        else:
            limit = _("%(n)s tokens") % {"n": number(self.quota.token_limit or 0)}
        words = _("%(limit)s a day") if self.quota.period == Quota.Period.DAY else _("%(limit)s a month")
        return words % {"limit": limit}


def reached_by(user: User) -> list[Meter]:
    """Those that are used up."""
    return [meter for meter in meters_of(user) if meter.is_reached]


def refusing(reached: Sequence[Meter], config: ProviderConfig, prices: Prices | None) -> Meter | None:
    """Of limits that are used up the one that a model at these prices is refused by, and longest.

    Under a limit of the cost a model that costs nothing answers all the same, and one by a key of the
    person's own under any.
    """
    if is_paid_by_asker(config):
        return None
    if prices is not None and is_free(prices):
        reached = [meter for meter in reached if meter.token_share >= 1]
    return max(reached, key=lambda meter: meter.starts_anew, default=None)


def meters_of(user: User) -> list[Meter]:
    """Every limit that applies to a person, the nearest first. Two queries."""
    quotas = _quotas_of(user.pk)
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


def _applying_to(user: UUID) -> QuerySet[Quota]:
    everybody = Q(user=None, group=None)
    groups = Q(group__in=User.groups.through.objects.filter(user=user).values("group"))
    return Quota.objects.select_related("group").filter(Q(user=user) | groups | everybody).order_by("id")


_quotas_of = Prepared(_applying_to, UUID)


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


def _share(taken: Decimal, limit: Decimal | int | None) -> Decimal:
    if limit is None:
        return Decimal(0)
    return taken / limit if limit else Decimal(1)
