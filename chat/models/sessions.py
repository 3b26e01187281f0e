"""Sessions (conversations), their tags, and the log of what happened in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models

from chat.models.accounts import User
from chat.models.granted import Granted
from chat.models.ids import for_database, new_id
from chat.models.projects import Project

DEFAULT_SETTINGS: dict[str, Any] = {
    "temperature": None,
    "max_tokens": None,
    "system_prompt": "",
    "auto_context": True,
    "context_window": None,
}


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> SessionQuerySet:
        return self.filter(deleted_at=None)

    def newest_first(self) -> SessionQuerySet:
        return self.order_by("-updated_at", "-id")


class Session(Granted, models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    name = models.CharField(max_length=200, blank=True)
    # A name that a person typed is never replaced by one that we made.
    is_name_typed = models.BooleanField(default=False)
    # Its name was made of the first words, and a model may write a better one: it is asked once.
    awaits_title = models.BooleanField(default=False)
    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=200, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    # The options of providers, by the provider's kind: {kind: {option: value}}.
    options = models.JSONField(default=dict, blank=True)
    # Who answers when the model cannot, in order: [{provider, model}]. Empty: as the provider has it.
    fallbacks = models.JSONField(default=list, blank=True)
    # Which servers of tools are on, where somebody said so: {id of the server, or "parley": true or false}.
    tools = models.JSONField(default=dict, blank=True)
    # Older turns that do not go to the model: whether a summary stands in their place.
    summarises = models.BooleanField(default=True)
    message_count = models.PositiveIntegerField(default=0)
    total_tokens = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    is_starred = models.BooleanField(default=False)
    is_archived = models.BooleanField(default=False)
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="branches"
    )
    # Where it left its parent: the parent's message, and the copy of it here, the last one taken over.
    parent_point = models.UUIDField(null=True, blank=True)
    branch_point = models.UUIDField(null=True, blank=True)
    # None: it is its owner's alone.
    project = models.ForeignKey(
        Project, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions", db_index=False
    )
    # The version of a template that it began with, or that it was set by since.
    template_version = models.ForeignKey(
        "TemplateVersion", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    # The object outside that this is the thread of; both or neither, and then in a project.
    scope_type = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001  null: no scope
    scope_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    # Every event of the session takes the next numbers from here, under this row's lock.
    last_event_id = models.PositiveBigIntegerField(default=0)
    # The event with which the last reply ended; 0 before the first. Unread is what lies beyond a ReadMark.
    last_reply_event = models.PositiveBigIntegerField(default=0)
    # What a model thinks could be asked after a reply: {message_id, questions}. Empty once something is sent.
    follow_ups = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    # Is in no list, and is gone for good when it ends: at `leaves_at` if its page was left.
    is_temporary = models.BooleanField(default=False)
    leaves_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "scope_type", "scope_id"],
                condition=models.Q(deleted_at=None, scope_id__isnull=False),
                name="one_thread_a_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(scope_type=None, scope_id=None)
                | models.Q(project__isnull=False, scope_type__isnull=False, scope_id__isnull=False),
                name="scope_is_whole_and_in_a_project",
            ),
            models.CheckConstraint(
                condition=models.Q(is_temporary=False) | models.Q(project=None),
                name="temporary_session_is_in_no_project",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                condition=models.Q(deleted_at=None),
                name="session_newest",
            ),
            models.Index(
                fields=["project", "-updated_at", "-id"],
                condition=models.Q(deleted_at=None, project__isnull=False),
                name="session_of_project",
            ),
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                condition=models.Q(deleted_at=None, is_starred=True),
                name="session_starred",
            ),
            models.Index(
                fields=["owner", "-deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="session_trash",
            ),
            models.Index(
                fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="session_swept"
            ),
            models.Index(
                fields=["updated_at"], condition=models.Q(is_temporary=True), name="session_temporary"
            ),
            models.Index(
                fields=["template_version"],
                condition=models.Q(template_version__isnull=False),
                name="session_of_template_version",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)

    @property
    def all_settings(self) -> dict[str, Any]:
        """The settings with the defaults filled in."""
        return {**DEFAULT_SETTINGS, **self.settings}

    def follow_ups_to(self, message_id: UUID | None) -> list[str]:
        """What could be asked after that message."""
        is_that_one = self.follow_ups.get("message_id") == str(message_id)
        return list(self.follow_ups["questions"]) if is_that_one else []


class SessionTag(models.Model):
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "name"], name="tag_once_a_session")]
        indexes = [models.Index(fields=["name", "session"], name="tag_by_name")]

    def __str__(self) -> str:
        return self.name


class ReadMark(models.Model):
    """How far a person has seen a session: the event with which the last reply ended that they saw."""

    pk = models.CompositePrimaryKey("session_id", "user_id")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="read_marks")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="read_marks")
    number = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return str(self.number)


class SessionEventManager(models.Manager["SessionEvent"]):
    """Plain SQL, since every change in a session comes by here, and a first token waits for it twice."""

    def append(self, rows: Sequence[SessionEvent]) -> None:
        """Save new rows."""
        marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO chat_sessionevent (session_id, number, name, kind, message_id, data)"  # noqa: S608
                f" VALUES {marks}",
                [value for row in rows for value in row.values()],
            )


class SessionEvent(models.Model):
    """One thing that happened in a session, but for the text of a running reply.

    Each code point of a reply's text takes one number as it is saved. So the numbers between two
    rows here count the code points that came between them, and a client that stopped at any number
    can be told the rest, exactly, without a row for every delta.
    """

    pk = models.CompositePrimaryKey("session_id", "number")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveBigIntegerField()
    name = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, blank=True)
    message_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    objects = SessionEventManager()

    def __str__(self) -> str:
        return f"{self.number} {self.name} {self.kind}".strip()

    def values(self) -> tuple[UUID | str | int | None, ...]:
        """As plain SQL takes them, in the order of `append`."""
        about = self.message_id and for_database(self.message_id)
        key = for_database(self.session_id)
        return key, self.number, self.name, self.kind, about, json.dumps(self.data)
