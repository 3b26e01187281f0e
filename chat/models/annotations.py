"""Annotations: a note on a message, or on a passage of it that is kept as it read when it was marked."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.messages import Message


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def live(self) -> AnnotationQuerySet:
        return self.filter(deleted_at=None)


class Annotation(models.Model):
    """`start` and `end` are code points of the message's content, and null where there is no passage.

    With a quote and no offsets, the passage is in the message no more. How one is found again is told
    in `chat.passages`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="annotations")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="annotations")
    # As an import names who wrote it: nobody here, whatever names people here have.
    imported_author = models.CharField(max_length=150, blank=True)
    body = models.TextField()
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    quote = models.TextField(blank=True)
    # What stood right before and after it: of two passages that read alike, this tells which.
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="annotation_says_something"),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__gte=0, end__gt=F("start"), end__isnull=False),
                name="annotation_passage",
            ),
            models.CheckConstraint(
                condition=Q(start=None) | ~Q(quote=""), name="annotated_passage_is_quoted"
            ),
        ]

    def __str__(self) -> str:
        return self.body[:40]

    @property
    def is_lost(self) -> bool:
        """Whether the passage that it is about is no longer in the message."""
        return bool(self.quote) and self.start is None

    @property
    def who(self) -> str:
        """The name of its author, or empty; the author is read with a query unless selected."""
        return self.author.get_username() if self.author else self.imported_author
