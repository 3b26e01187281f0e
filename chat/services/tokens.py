"""The writer of the tokens that programs use: made, revoked, and when each was used last."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chat import audit, threads
from chat.models import ApiToken, User

# How exactly the last use is known: a token that is used all day costs one small write in this time.
MINUTE = timedelta(minutes=1)


def create_token(
    *,
    user: User,
    name: str = "",
    scope: ApiToken.Scope = ApiToken.Scope.FULL,
    expires_at: datetime | None = None,
) -> str:
    """A new token. Only its digest is kept, so this is the one time that it can be read."""
    token = f"parley_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        made = ApiToken.objects.create(
            user=user, digest=ApiToken.digest_of(token), name=name, scope=scope, expires_at=expires_at
        )
        audit.note(audit.Action.TOKEN_MADE, made, user=str(user.pk), scope=scope)
    return token


def revoke_token(*, token: ApiToken) -> None:
    """From now on nothing gets in with it."""
    with transaction.atomic():
        audit.note(audit.Action.TOKEN_REVOKED, token, user=str(token.user_id))
        token.delete()


def note_use(*, token: ApiToken) -> None:
    """Keep when the token was used, to the minute. The request does not wait for it."""
    now = timezone.now()
    is_known = token.last_used_at is not None and now - token.last_used_at < MINUTE
    # Of many requests at once, in however many processes, one writes.
    if not is_known and cache.add(f"token-used:{token.pk}", value=True, timeout=MINUTE.seconds):
        threads.write_later(_keep_use, token.pk, now)


def _keep_use(token_id: UUID, moment: datetime) -> None:
    earlier = Q(last_used_at=None) | Q(last_used_at__lt=moment)
    ApiToken.objects.filter(earlier, pk=token_id).update(last_used_at=moment)
