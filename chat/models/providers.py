"""Providers that an administrator set up."""

from __future__ import annotations

from django.db import models

from chat.models.ids import new_id


class ConfiguredProvider(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    base_url = models.CharField(max_length=500, blank=True)
    # Empty: the key comes from the environment.
    api_key = models.CharField(max_length=500, blank=True)
    model_names = models.JSONField(default=list, blank=True)
    fallback = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_provider"
            )
        ]

    def __str__(self) -> str:
        return self.name
