"""Merges: what of one conversation was appended to another, so that it can be taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.messages import Message
from chat.models.sessions import Session


class Merge(models.Model):
    """`line` is the message that says where it came from; the `count` copies follow it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="merges")
    source = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, related_name="merged_into")
    line = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="merge")
    # The last of the copies so far.
    last_id = models.UUIDField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    count = models.PositiveIntegerField(default=0)
    total_tokens = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    # Until all copies are there nobody sees any of them.
    is_whole = models.BooleanField(default=False)
    # The last piece of it.
    touched_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["touched_at"], condition=Q(is_whole=False), name="merge_unfinished")]

    def __str__(self) -> str:
        return f"{self.source_id} into {self.session_id}"
