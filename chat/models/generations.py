"""Replies to be made, and the processes that make them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.messages import Message
from chat.models.sessions import Session


class WorkerProcess(models.Model):
    """A process that makes replies. One beat a process, however many replies it has."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class Generation(models.Model):
    """The making of one reply: claimed by one process, by a conditional update."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        ENDED = "ended"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="generation")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="generations")
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    worker = models.ForeignKey(
        WorkerProcess, on_delete=models.SET_NULL, null=True, blank=True, related_name="generations"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    # What the reply waits for, in words for the person ("Waking the model…").
    note = models.CharField(max_length=200, blank=True)
    stop_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(state="running"), name="one_running_reply_a_session"
            )
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="queued"), name="generation_queue"),
            models.Index(fields=["session"], condition=~Q(state="ended"), name="generation_open"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"
