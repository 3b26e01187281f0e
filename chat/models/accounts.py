"""People."""

from __future__ import annotations

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
