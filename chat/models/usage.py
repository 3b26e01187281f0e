"""What requests to models took, by day; what models cost here; and how much of it people may take."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.accounts import User
from chat.models.ids import new_id

# The project of what is in none: of two rows with an empty one no constraint would say that they are alike.
NO_PROJECT = UUID(int=0)


class Purpose(models.TextChoices):
    """What a model was asked for."""

    REPLY = "reply", _("Replies")
    TITLE = "title", _("Titles")
    SUMMARY = "summary", _("Summaries")
    SUGGESTION = "suggestion", _("Suggestions")


class UsageDay(models.Model):
    """The sums of a day (of UTC) for one person, project, provider, model and purpose.

    Deleted conversations stay counted, and temporary ones are: here are only sums. Of a person whose account
    was removed they stay too, and are nobody's.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    # Who asked; in a project that is often not the conversation's owner.
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    # No foreign key: it stays when the project is removed.
    project_id = models.UUIDField(default=NO_PROJECT)
    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=12, choices=Purpose)
    requests = models.PositiveBigIntegerField(default=0)
    input_tokens = models.PositiveBigIntegerField(default=0)
    output_tokens = models.PositiveBigIntegerField(default=0)
    cached_tokens = models.PositiveBigIntegerField(default=0)
    cache_write_tokens = models.PositiveBigIntegerField(default=0)
    reasoning_tokens = models.PositiveBigIntegerField(default=0)
    # In US dollars, of the requests whose cost is known; and how many there are of the others.
    cost = models.DecimalField(max_digits=20, decimal_places=8, default=0)
    unknown_costs = models.PositiveBigIntegerField(default=0)
    # Of requests of which the provider told no tokens: what they took by our own estimate. It counts for
    # limits, or who stops every reply would have none, and is in no sum that is shown as fact.
    estimated_tokens = models.PositiveBigIntegerField(default=0)
    estimated_cost = models.DecimalField(max_digits=20, decimal_places=8, default=0)
    # What of all this went by a key of the person's own, estimates included: no limit is about it.
    own_tokens = models.PositiveBigIntegerField(default=0)
    own_cost = models.DecimalField(max_digits=20, decimal_places=8, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day", "project_id", "provider", "model", "purpose"], name="one_usage_a_day"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="usage_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.provider} {self.model}"


class ModelPrice(models.Model):
    """What a model costs here, in place of the list price, from a day on: US dollars for a million tokens."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Blank: whoever serves the model; and each model of the provider.
    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    input_price = models.DecimalField(max_digits=14, decimal_places=6)
    output_price = models.DecimalField(max_digits=14, decimal_places=6)
    # None: as any other input.
    cached_price = models.DecimalField(max_digits=14, decimal_places=6, null=True, blank=True)
    cache_write_price = models.DecimalField(max_digits=14, decimal_places=6, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "model", "valid_from"], name="one_price_a_day"),
            models.CheckConstraint(condition=~Q(provider="", model=""), name="price_is_of_something"),
            models.CheckConstraint(
                condition=Q(input_price__gte=0, output_price__gte=0)
                & (Q(cached_price=None) | Q(cached_price__gte=0))
                & (Q(cache_write_price=None) | Q(cache_write_price__gte=0)),
                name="prices_are_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["model", "valid_from"], name="model_price")]

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.model, self.provider, str(self.valid_from))))


class Quota(models.Model):
    """How much may be taken in a day or a month (of UTC): by a person, by those of a group, by everybody.

    Where several apply, each does, so that the strictest counts.
    """

    class Period(models.TextChoices):
        DAY = "day", _("a day")
        MONTH = "month", _("a month")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Neither: everybody.
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # What all of them take together; else each of them has this much.
    is_shared = models.BooleanField(default=False)
    period = models.CharField(max_length=6, choices=Period, default=Period.MONTH)
    cost_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    token_limit = models.PositiveBigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(user=None) | Q(group=None), name="quota_is_of_one"),
            models.CheckConstraint(
                condition=Q(cost_limit__isnull=False) | Q(token_limit__isnull=False),
                name="quota_limits_something",
            ),
            models.CheckConstraint(
                condition=Q(user=None) | Q(is_shared=False), name="quota_is_shared_by_several"
            ),
            models.CheckConstraint(condition=Q(period__in=["day", "month"]), name="quota_period"),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.group or '*'} / {self.period}"
