"""Work in the background that a person asked for. Each kind of job has a table of its own, made from this."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.generations import WorkerProcess
from chat.models.ids import new_id


class Job(models.Model):
    """Claimed by one process, by a conditional update; one that runs without a process lost it."""

    class Status(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        COMPLETE = "complete"
        ERROR = "error"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="%(class)ss")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    # Percent.
    progress = models.PositiveSmallIntegerField(default=0)
    worker = models.ForeignKey(
        WorkerProcess, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    # Why it failed: {words: in English, said: what a translation needs, or null}.
    error = models.JSONField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "running", "complete", "error", "cancelled"]),
                name="%(class)s_status",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="%(class)s_progress"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(status="running"), name="one_running_%(class)s_a_person"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(status="pending"), name="%(class)s_queue"),
            models.Index(fields=["owner", "-created_at", "-id"], name="%(class)s_newest"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="%(class)s_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"

    @property
    def has_ended(self) -> bool:
        return self.status not in (self.Status.PENDING, self.Status.RUNNING)
