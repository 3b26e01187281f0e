"""What a model can be given of a stored file: made once a file, and gone with it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.generations import WorkerProcess


def prepared_path(extract: Extract, _filename: str = "") -> str:
    """By the file's own name, so that whoever deletes that one needs no row to find this."""
    return f"prepared/{extract.file.removeprefix('attachments/')}"


class Extract(models.Model):
    """Claimed by one process, by a conditional update; one that runs without a process lost it."""

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        COMPLETE = "complete"
        ERROR = "error"

    # In the storage: branches share it, and so they share this.
    file = models.CharField(primary_key=True, max_length=255)
    # Of `chat.extracting`.
    reader = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    worker = models.ForeignKey(
        WorkerProcess, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    # Why nothing can be given of it, by the name that `chat.extracting` has for it.
    problem = models.CharField(max_length=20, blank=True)

    text = models.TextField(blank=True)
    chars = models.PositiveIntegerField(default=0)
    is_cut = models.BooleanField(default=False)
    # What is counted in it, pages or sheets, and how many there are.
    unit = models.CharField(max_length=10, blank=True)
    count = models.PositiveIntegerField(null=True, blank=True)

    # A picture as models take it.
    picture = models.FileField(upload_to=prepared_path, max_length=255, blank=True)
    picture_type = models.CharField(max_length=40, blank=True)
    picture_bytes = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "running", "complete", "error"]), name="extract_state"
            )
        ]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(state__in=["pending", "running"]), name="extract_queue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.state}"

    @property
    def has_ended(self) -> bool:
        return self.state in (self.State.COMPLETE, self.State.ERROR)
