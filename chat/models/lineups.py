"""Lineups: questions whose replies are shown side by side, until one of them is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.ids import new_id
from chat.models.messages import Message
from chat.models.sessions import Session


class Lineup(models.Model):
    """All replies to the question are in it; which of them is on show is marked on the messages."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="lineups")
    question = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="lineup")
    # None: nobody has chosen yet, or what was chosen is gone.
    kept = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # None: they are still to be shown side by side.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["session"], condition=Q(settled_at=None), name="lineup_open")]

    def __str__(self) -> str:
        return str(self.question_id)
