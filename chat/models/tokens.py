"""The tokens that people's programs use."""

from __future__ import annotations

import hashlib

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.accounts import User
from chat.models.ids import new_id


class ApiToken(models.Model):
    """A token of the REST API; only its digest is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("Read only")
        FULL = "full", _("Read and write")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80, blank=True)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.FULL)
    created_at = models.DateTimeField(auto_now_add=True)
    # None: it does not end by itself.
    expires_at = models.DateTimeField(null=True, blank=True)
    # To the minute; None: never yet.
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__in=["read", "full"]), name="token_scope")
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)

    @staticmethod
    def digest_of(token: str) -> str:
        """SHA-256: enough for a secret of 256 random bits, and quick enough for every request."""
        return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def may_write(self) -> bool:
        return self.scope == self.Scope.FULL
