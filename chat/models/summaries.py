"""Summaries of conversations, and the questions to models beside them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.jobs import Job
from chat.models.sessions import Session


class SummaryQuerySet(models.QuerySet["Summary"]):
    def live(self) -> SummaryQuerySet:
        return self.filter(removed_at=None)

    def in_use(self) -> SummaryQuerySet:
        """Those that models read in the place of the messages."""
        return self.live().filter(purpose="context", is_outdated=False)


class Summary(models.Model):
    """What was said up to a message, in short. Its purpose tells for whom."""

    class Purpose(models.TextChoices):
        CONTEXT = "context"  # a model reads it in the place of the messages
        READING = "reading"  # a person asked for it

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="summaries", db_index=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    # The last message that it covers, how deep that lies, and of which message it is a copy, if of any.
    upto = models.UUIDField()
    upto_depth = models.PositiveIntegerField()
    upto_origin = models.UUIDField()
    # How many messages it covers.
    count = models.PositiveIntegerField()
    text = models.TextField()
    tokens = models.PositiveIntegerField()
    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=200, blank=True)
    # Grows with each edit.
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    # One of the messages was deleted since: no model reads it any more.
    is_outdated = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # Removed by a person: without a text, and none is made by itself for what it covered.
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = SummaryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=["context", "reading"]), name="summary_purpose")
        ]
        indexes = [
            models.Index(fields=["session", "purpose", "-upto_depth"], name="summary_of_session"),
            models.Index(fields=["upto"], name="summary_at"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.count}: {self.text[:40]}"


class Aside(Job):
    """A question to a model beside the conversation: no reply of it, and in no reply's way."""

    class Purpose(models.TextChoices):
        CONTEXT = "context"  # a summary that models read
        READING = "reading"  # a summary that a person asked for

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="asides")
    purpose = models.CharField(max_length=10, choices=Purpose)
    # What it is about, and how far it has come: whoever takes it over goes on from there.
    data = models.JSONField(default=dict, blank=True)

    class Meta(Job.Meta):
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=["session", "purpose"],
                condition=Q(status__in=["pending", "running"]),
                name="one_open_aside_of_a_kind_a_session",
            ),
        ]
