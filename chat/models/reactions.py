"""Reactions: an emoji that a person, or somebody as an import says, gave a message; each one once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.messages import Message


class Reaction(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="reactions")
    # As an import names who gave it: nobody here, whatever names people here have.
    imported_user = models.CharField(max_length=150, blank=True)
    emoji = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="one_reaction_of_a_kind_each"),
            models.UniqueConstraint(
                fields=["message", "imported_user", "emoji"],
                condition=Q(user=None),
                name="one_imported_reaction_each",
            ),
            models.CheckConstraint(condition=~Q(emoji=""), name="reaction_has_an_emoji"),
        ]

    def __str__(self) -> str:
        return self.emoji

    @property
    def who(self) -> str:
        """The name of the one who gave it; its user is read with a query unless it was selected."""
        return self.user.get_username() if self.user else self.imported_user
