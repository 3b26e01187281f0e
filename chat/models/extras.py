"""Titles, tags and follow-ups that a model writes beside a conversation, as jobs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.jobs import Job
from chat.models.sessions import Session


class Extra(Job):
    """One that a model is to write. Summaries are Asides: those take minutes, and no title waits for one."""

    class Purpose(models.TextChoices):
        TITLE = "title"  # in the place of the one that was made of the first words
        NAMING = "naming"  # proposed to a person who asked
        TAGS = "tags"  # proposed to a person who asked
        FOLLOW_UPS = "follow-ups"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="extras")
    purpose = models.CharField(max_length=10, choices=Purpose)
    # What it is about; and of what a person asked for, what came of it.
    data = models.JSONField(default=dict, blank=True)

    class Meta(Job.Meta):
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=["session", "owner", "purpose"],
                condition=Q(status__in=["pending", "running"], purpose__in=["naming", "tags"]),
                name="one_open_suggestion_of_a_kind_a_person",
            ),
        ]
