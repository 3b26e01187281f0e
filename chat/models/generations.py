"""Replies to be made, and the processes that make them."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q, Value

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

    class Meta:
        verbose_name_plural = "worker processes"

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class Generation(models.Model):
    """The making of one reply: claimed by one process, by a conditional update."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        # For a person, who says whether a tool may do what the model asks of it.
        WAITING = "waiting"
        ENDED = "ended"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="generation")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="generations")
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # 0: the reply to its question is made alone; from 1 on: one of several that are made at once.
    lane = models.PositiveSmallIntegerField(db_default=Value(0))
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    worker = models.ForeignKey(
        WorkerProcess, on_delete=models.SET_NULL, null=True, blank=True, related_name="generations"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    # What the reply waits for, in words for the person ("Waking the model…").
    note = models.CharField(max_length=200, blank=True)
    # Of one that waits for a person: what the reply needs to go on, and no message shows.
    memo = models.JSONField(default=dict, blank=True)
    stop_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "lane"], condition=Q(state="running"), name="one_running_reply_a_lane"
            )
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="queued"), name="generation_queue"),
            models.Index(fields=["session"], condition=~Q(state="ended"), name="generation_open"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"


class SentPrompt(models.Model):
    """What a model was given for a reply: kept for the person to see. The texts are the messages' own."""

    generation = models.OneToOneField(
        Generation, on_delete=models.CASCADE, primary_key=True, related_name="sent_prompt"
    )
    provider = models.CharField(max_length=80)
    model = models.CharField(max_length=200, blank=True)
    system_prompt = models.TextField(blank=True)
    temperature = models.FloatField(null=True, blank=True)
    max_tokens = models.PositiveIntegerField(null=True, blank=True)
    # The model's, in tokens, where it is known.
    window = models.PositiveIntegerField(null=True, blank=True)
    # 16 bytes each, oldest first; as JSON they would be the larger part of many a conversation.
    packed_ids = models.BinaryField()
    estimated_tokens = models.PositiveIntegerField()
    # The same before what the provider had told of earlier prompts was made use of.
    raw_tokens = models.PositiveIntegerField(null=True, blank=True)
    # Sections, shares, and what was left out; the shape is in `chat.generation.sent`.
    made_of = models.JSONField(default=dict, blank=True)
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.provider} {self.model}"

    @property
    def message_ids(self) -> list[UUID]:
        """The messages that went along, oldest first."""
        packed = bytes(self.packed_ids)
        return [UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16)]
