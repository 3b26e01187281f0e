"""The search index: a row for each text that can be found. What its columns hold is told in `chat.index`."""

from __future__ import annotations

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from chat.models.annotations import Annotation
from chat.models.messages import Message
from chat.models.sessions import Session


class VectorField(models.TextField):  # type: ignore[type-arg]  # no base class at run time takes any
    """PostgreSQL's `tsvector`, written as it reads one; on other databases it stays empty."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"


class SearchEntry(models.Model):
    """A text that can be found. In the order of writing: of many hits the newest come first.

    A text that is too long for a database's index has several. SQLite's index is the table
    `chat_search`, kept by triggers from `text` and `scope`; PostgreSQL's is that of `words`.
    """

    class Kind(models.TextChoices):
        TITLE = "title"
        MESSAGE = "message"
        NOTE = "note"
        FILES = "files"

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="+")
    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    # Of what is found, not of this row.
    created_at = models.DateTimeField()
    # The words with single spaces; on PostgreSQL only where `words` cannot hold all their places.
    text = models.TextField(null=True)  # noqa: DJ001  null: not needed
    # SQLite: its facets, see `chat.facets`, by which hits are filtered; on PostgreSQL they are in `words`.
    scope = models.TextField(null=True)  # noqa: DJ001
    # PostgreSQL: the words with their places; and those that come more than once, by which hits are ranked.
    words = VectorField(null=True)
    brief = VectorField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(kind="title"), name="one_title_a_session")
        ]
        indexes = [
            models.Index(
                fields=["annotation"], condition=Q(annotation__isnull=False), name="search_entry_of_note"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
