"""The door for programs: whose a token is, and whether it still opens anything."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from chat.models import ApiToken, User
from chat.models.prepared import Prepared


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The person's own tokens, the newest first."""
    return ApiToken.objects.filter(user_id=user.pk).order_by("-created_at", "-id")


def get_token(user: User, token_id: UUID) -> ApiToken:
    """A token of one's own.

    Raises:
        Http404: there is none, or it is another's.
    """
    return get_object_or_404(tokens_of(user), id=token_id)


def find_token(digest: str) -> ApiToken | None:
    """The token with its person, also one that has expired; None if it was revoked or they are suspended."""
    return _by_digest.first(digest)


_by_digest = Prepared(
    lambda digest: ApiToken.objects.select_related("user").filter(digest=digest, user__is_active=True), str
)


def still_valid(token_ids: Collection[UUID]) -> set[UUID]:
    """Of these tokens those that were neither revoked nor have expired."""
    if not token_ids:
        return set()
    lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return set(ApiToken.objects.filter(lasting, pk__in=token_ids).values_list("pk", flat=True))
