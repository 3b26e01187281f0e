"""Reactions: an emoji that a person gave a message, each one once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.messages import Message


class Reaction(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reactions")
    emoji = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="one_reaction_of_a_kind_each"),
            models.CheckConstraint(condition=~Q(emoji=""), name="reaction_has_an_emoji"),
        ]

    def __str__(self) -> str:
        return self.emoji
