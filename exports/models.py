"""Exports: what was asked for, how far it is, and the file that came of it, which is kept for some days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from chat.models.jobs import Job

ALL = "all"
"""In place of a format: each of them."""
KEPT = timedelta(days=7)
"""How long a file is kept: it can be made again as long as the conversation is there."""
LONGEST_LINK = KEPT
"""How long a link may last: it ends with the file at the latest."""


def export_path(job: ExportJob, _filename: str) -> str:
    """Never the conversation's title."""
    return f"exports/{job.id}"


class ExportJob(Job):
    class Scope(models.TextChoices):
        ONE = "one"
        MANY = "many"
        # All that the owner has.
        ACCOUNT = "account"

    scope = models.CharField(max_length=10, choices=Scope)
    # The conversations, in order; empty for an account.
    session_ids = models.JSONField(default=list, blank=True)
    # A name in `exports.formats.FORMATS`, or "all" of several conversations.
    format = models.CharField(max_length=12)
    # Those that are not as they are by default.
    options = models.JSONField(default=dict, blank=True)
    # In which its words are, and its times.
    language = models.CharField(max_length=12)
    time_zone = models.CharField(max_length=64)
    # Of the file, as whoever downloads it gets it.
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    file = models.FileField(upload_to=export_path, max_length=255, blank=True)
    # Conversations of several that could not be written: the manifest says why.
    failed_count = models.PositiveIntegerField(default=0)
    # The link for others, while there is one.
    link_id = models.UUIDField(null=True, blank=True, unique=True)
    link_expires_at = models.DateTimeField(null=True, blank=True)
    link_count = models.PositiveIntegerField(default=0)

    class Meta(Job.Meta):
        pass

    def __str__(self) -> str:
        return self.name

    @property
    def has_file(self) -> bool:
        return self.status == self.Status.COMPLETE and bool(self.file)

    @property
    def expires_at(self) -> datetime | None:
        """When the file goes; None while there is none."""
        return self.ended_at + KEPT if self.ended_at and self.has_file else None

    @property
    def has_link(self) -> bool:
        return self.link_id is not None and (self.link_expires_at or timezone.now()) > timezone.now()
