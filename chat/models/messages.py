"""Messages: a tree in which the path on show is marked, so that a page of it is one indexed range."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.db import connection, models
from django.db.models import F, Q

from chat.models.accounts import User
from chat.models.granted import Granted
from chat.models.ids import for_database, new_id
from chat.models.sessions import Session


class MessageQuerySet(models.QuerySet["Message"]):
    def live(self) -> MessageQuerySet:
        return self.filter(deleted_at=None)

    def on_path(self, session: Session | UUID) -> MessageQuerySet:
        """The messages on show, deleted ones too, since the tree goes through them."""
        return self.filter(session=session, is_active=True)

    def for_people(self) -> MessageQuerySet:
        """Those that a page shows: no hidden ones, which models read, and no internal ones."""
        return self.filter(visibility="shown")

    def page(self, session: Session, *, limit: int, before_depth: int | None = None) -> list[Message]:
        """The newest `limit` messages on show above `before_depth`, oldest first."""
        rows = self.live().on_path(session)
        if before_depth is not None:
            rows = rows.filter(depth__lt=before_depth)
        return list(rows.order_by("-depth")[:limit])[::-1]

    def page_after(self, session: Session, *, limit: int, after_depth: int) -> list[Message]:
        """The first `limit` messages on show below `after_depth`, oldest first."""
        rows = self.live().on_path(session).filter(depth__gt=after_depth)
        return list(rows.order_by("depth")[:limit])


class Message(Granted, models.Model):
    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"
        SYSTEM = "system"
        TOOL = "tool"

    class Status(models.TextChoices):
        PENDING = "pending"
        STREAMING = "streaming"
        COMPLETE = "complete"
        STOPPED = "stopped"
        INTERRUPTED = "interrupted"
        ERROR = "error"

    class Visibility(models.TextChoices):
        SHOWN = "shown"
        HIDDEN = "hidden"
        INTERNAL = "internal"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="messages")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    depth = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=12, choices=Role)
    status = models.CharField(max_length=12, choices=Status, default=Status.COMPLETE)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.SHOWN)
    content = models.TextField(blank=True)
    # Parts other than the text: reasoning now, tools later. The text is `content`.
    parts = models.JSONField(default=list, blank=True)
    # Of a copy in a branch: the message that was there first, so that merging finds what is common.
    origin = models.UUIDField(null=True, blank=True)
    # Of the request that sent it, so that a retry is told from another message with the same id.
    sent_digest = models.CharField(max_length=64, blank=True)

    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=200, blank=True)
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    # Parts of the input: read from the provider's cache, written to it. And of the output: thoughts.
    cached_tokens = models.PositiveIntegerField(null=True, blank=True)
    cache_write_tokens = models.PositiveIntegerField(null=True, blank=True)
    reasoning_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_second = models.FloatField(null=True, blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    # Who was asked and did not answer, and why: [{provider, model, title, detail, said}], with the
    # `message_id` of what it had written where it broke off.
    tried = models.JSONField(default=list, blank=True)
    error = models.JSONField(null=True, blank=True)
    # Of a reply that a model made of several others, the latter: [{provider, model, message_id}].
    merged_from = models.JSONField(null=True, blank=True)
    # Of a reply: which files the model was given, and how. The contract's `context.files`.
    files_given = models.JSONField(default=list, blank=True)

    html = models.TextField(blank=True)
    html_version = models.PositiveSmallIntegerField(default=0)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    # Emptied for good: it is only a place in the tree that others follow.
    purged_at = models.DateTimeField(null=True, blank=True)
    # Messages that one "clear" took away share its id, and come back together.
    clearing_id = models.UUIDField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "depth"], condition=Q(is_active=True), name="one_message_on_show_a_depth"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["user", "assistant", "system", "tool"]), name="message_role"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["pending", "streaming", "complete", "stopped", "interrupted", "error"]
                ),
                name="message_status",
            ),
            models.CheckConstraint(
                condition=~Q(role="user") | Q(status="complete"), name="a_users_message_is_complete"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="message_not_its_own_parent"),
        ]
        indexes = [
            models.Index(
                fields=["session", "-depth"],
                condition=Q(is_active=True, deleted_at=None),
                name="message_page",
            ),
            models.Index(fields=["session"], condition=Q(parent=None), name="message_roots"),
            # What an object outside says, wherever in the conversation it stands.
            models.Index(
                fields=["session", "-depth"],
                condition=Q(is_active=True, deleted_at=None, role="system"),
                name="message_told",
            ),
            models.Index(
                fields=["-deleted_at"],
                condition=Q(deleted_at__isnull=False, purged_at=None),
                name="message_trash",
            ),
            # What is not on show: where a conversation forks is told by it alone, however long it is.
            models.Index(fields=["session", "depth"], condition=Q(is_active=False), name="message_aside"),
            # What is not as most are, for who looks for it among all.
            models.Index(
                fields=["status", "id"], condition=~Q(status="complete"), name="message_status_rare"
            ),
            models.Index(
                fields=["role", "id"],
                condition=~Q(role="user") & ~Q(role="assistant"),
                name="message_role_rare",
            ),
            models.Index(
                fields=["session", "clearing_id"],
                condition=Q(clearing_id__isnull=False),
                name="message_clearing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.content[:40]}"

    @property
    def is_running(self) -> bool:
        return self.status in ("pending", "streaming")  # asked of thousands: the names cost ten times as much


class ChunkManager(models.Manager["Chunk"]):
    """Plain SQL for the two hottest writes: model instances would cost three to six times as much."""

    def append(self, pieces: Iterable[tuple[UUID, str, int, str]]) -> None:
        """Save pieces of replies: message, kind, offset and text of each."""
        with connection.cursor() as cursor:
            cursor.executemany(
                'INSERT INTO chat_chunk (message_id, kind, "offset", text) VALUES (%s, %s, %s, %s)',
                [(for_database(key), kind, offset, text) for key, kind, offset, text in pieces],
            )

    def drop(self, message_id: UUID) -> None:
        """Delete the pieces of a reply that is whole now."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM chat_chunk WHERE message_id = %s", [for_database(message_id)])


class Chunk(models.Model):
    """A piece of a running reply, saved before it is shown; gone when the reply is whole."""

    class Kind(models.TextChoices):
        TEXT = "text"
        REASONING = "reasoning"

    pk = models.CompositePrimaryKey("message_id", "kind", "offset")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    offset = models.PositiveIntegerField()
    text = models.TextField()

    objects: ClassVar[ChunkManager] = ChunkManager()

    def __str__(self) -> str:
        return f"{self.offset}: {self.text[:40]}"


class MessageEdit(models.Model):
    """What a message said before somebody edited it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="edits")
    content = models.TextField(blank=True)
    editor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # As an import names who did: nobody here, whatever names people here have.
    imported_editor = models.CharField(max_length=150, blank=True)
    edited_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.content[:40]

    @property
    def who(self) -> str:
        """The name of the editor, or empty; the editor is read with a query unless selected."""
        return self.editor.get_username() if self.editor else self.imported_editor
