"""Imports: files that people brought, what came of each conversation in them, and what is here already."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.jobs import Job
from chat.models.sessions import Session


def import_path(job: ImportJob, _filename: str) -> str:
    """Never the name that was sent."""
    return f"imports/{job.id}"


class ImportJob(Job):
    """The file is gone when the job has ended; its name and the lines of the report stay."""

    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    file = models.FileField(upload_to=import_path, max_length=255)
    # What the file turned out to be: an importer's name.
    source = models.CharField(max_length=20, blank=True)


class ImportLine(models.Model):
    """What came of one conversation of a file. It is written in the transaction that brings that one in."""

    class Outcome(models.TextChoices):
        IMPORTED = "imported"
        # It was here, and had grown since.
        UPDATED = "updated"
        SKIPPED = "skipped"
        FAILED = "failed"

    pk = models.CompositePrimaryKey("job_id", "number")
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="lines")
    # Its place in the file, from 1.
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    name = models.CharField(max_length=200, blank=True)
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, related_name="+")
    # How many came in.
    messages = models.PositiveIntegerField(default=0)
    # Why it did not come in, or what of it did not: [{words: in English, said: what a translation needs}].
    notes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["imported", "updated", "skipped", "failed"]),
                name="import_line_outcome",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"


class ImportedConversation(models.Model):
    """A conversation of another place that a person has brought in, so that it comes in once.

    The ids of its messages follow from this row's id and theirs (`derived_id`), so that one can tell
    which are here without keeping both.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="imported_conversations")
    source = models.CharField(max_length=20)
    foreign_id = models.CharField(max_length=200)
    # Empty before it is whole for the first time, and when it was removed for good.
    session = models.OneToOneField(
        Session, on_delete=models.SET_NULL, null=True, related_name="imported_from"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "source", "foreign_id"], name="imported_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.foreign_id}"
