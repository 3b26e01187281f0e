"""People, and the tokens their programs use."""

from __future__ import annotations

import hashlib

from django.contrib.auth.models import AbstractUser
from django.db import models

from chat.models.ids import new_id
from chat.models.preferences import Preferences


class User(AbstractUser):
    """A person. `is_active=False` suspends: no login, tokens answer 401, sockets close."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # At most one row can be the founder, so of two first visitors only one becomes administrator.
    is_founder = models.BooleanField(default=False, editable=False)
    preferences = models.JSONField(default=dict, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["is_founder"], condition=models.Q(is_founder=True), name="one_founder"
            )
        ]

    @property
    def liking(self) -> Preferences:
        """The preferences with the defaults filled in."""
        return Preferences.of(self.preferences)


class ApiToken(models.Model):
    """A token of the REST API; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or str(self.id)

    @staticmethod
    def digest_of(token: str) -> str:
        """SHA-256: enough for a secret of 256 random bits, and quick enough for every request."""
        return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
