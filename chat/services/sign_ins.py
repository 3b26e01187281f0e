"""What Django does of itself and tells of afterwards: people come and go, and the admin changes things."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from chat import audit
from chat.models import User

ADMIN_CHANGES = {ADDITION: "added", CHANGE: "changed", DELETION: "deleted"}


@receiver(user_logged_in)
def note_sign_in(user: User, **_more: Any) -> None:
    audit.note(audit.Action.SIGNED_IN, user, actor=user)


@receiver(user_logged_out)
def note_sign_out(user: User | None, **_more: Any) -> None:
    if user is not None:
        audit.note(audit.Action.SIGNED_OUT, user, actor=user)


@receiver(user_login_failed)
def note_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    """Of a name that nobody has nothing is kept: it may be a password in the wrong field."""
    name = credentials.get(User.USERNAME_FIELD)
    user = User.objects.filter(username=name).first() if isinstance(name, str) else None
    if request is not None:
        audit.note(audit.Action.SIGN_IN_FAILED, user)


@receiver(post_save, sender=LogEntry)
def note_admin(instance: LogEntry, **_more: Any) -> None:
    """Django's own record has the words; here it stands in line with all else."""
    kind = instance.content_type.model if instance.content_type else ""
    audit.note(
        audit.Action.ADMIN_CHANGED,
        None,
        actor=instance.user,
        type=kind,
        id=str(instance.object_id),
        change=ADMIN_CHANGES.get(instance.action_flag, ""),
    )
