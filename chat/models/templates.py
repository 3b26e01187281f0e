"""Templates: how a conversation begins. One without messages is a preset: a model and its settings."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.sessions import DEFAULT_SETTINGS


class TemplateQuerySet(models.QuerySet["Template"]):
    def live(self) -> TemplateQuerySet:
        return self.filter(deleted_at=None)


class Template(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    # Everybody may use it; only the owner may change it.
    is_shared = models.BooleanField(default=False)
    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=200, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    # What was said before one begins: [{role, content}].
    messages = models.JSONField(default=list, blank=True)
    # What is to be filled in, in the order of the text: [{name, label, default, choices, required}].
    variables = models.JSONField(default=list, blank=True)
    use_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "-updated_at", "-id"], condition=Q(deleted_at=None), name="template_newest"
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                condition=Q(deleted_at=None, is_shared=True),
                name="template_shared",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def all_settings(self) -> dict[str, Any]:
        """The settings with the defaults filled in."""
        return {**DEFAULT_SETTINGS, **self.settings}

    @property
    def is_preset(self) -> bool:
        return not self.messages
