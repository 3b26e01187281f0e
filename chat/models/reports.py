"""Reports: what a person wants a moderator to look at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.messages import Message


class Report(models.Model):
    class Reason(models.TextChoices):
        HARMFUL = "harmful", _("It is dangerous or encourages harm")
        HATE = "hate", _("It insults, threatens or hates")
        SEXUAL = "sexual", _("It is sexual and should not be")
        PRIVATE = "private", _("It reveals something private")
        FALSE = "false", _("It is wrong in a way that could do damage")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RESOLVED = "resolved", _("Resolved")
        DISMISSED = "dismissed", _("Dismissed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reports", db_index=False)
    reporter = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=12, choices=Reason)
    detail = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "reporter"], name="one_report_of_a_message_each"),
            models.CheckConstraint(
                condition=Q(reason__in=["harmful", "hate", "sexual", "private", "false", "other"]),
                name="report_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None)
                | Q(state__in=["resolved", "dismissed"], decided_at__isnull=False),
                name="report_state",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="open"), name="open_reports")]

    def __str__(self) -> str:
        return f"{self.reason}, {self.state}"
