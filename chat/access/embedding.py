"""The door for other people's pages: a signed token lets whoever has it read one conversation, for a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core import signing
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.access.conversations import get_session
from chat.errors import BadValue, NotAllowed
from chat.models import Role, Session, User

SALT = "parley.embed"
LONGEST = timedelta(days=366)
MOST_PARENTS = 20
# What a policy may name: no space, comma or semicolon, with which it would say more than an origin.
_ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?(?::[0-9]{1,5})?", re.IGNORECASE)


class Expired(Exception):
    """The token was good until its time was over; the pages of `parents` may say so."""

    def __init__(self, parents: tuple[str, ...]) -> None:
        super().__init__()
        self.parents = parents


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a token opens, and the pages that may show it."""

    session: Session
    parents: tuple[str, ...]


def embed_token(
    *, user: User, session: Session, parents: Sequence[str], lifetime: timedelta
) -> tuple[str, datetime]:
    """A token with which the pages of `parents` (origins) show the conversation, and when it expires.

    Raises:
        BadValue: one of the parents is no origin, there are too many or none, or it would last too long.
    """
    if not 0 < len(parents) <= MOST_PARENTS or not all(_ORIGIN.fullmatch(one) for one in parents):
        words = _("Name up to %(most)s origins, such as “https://wiki.example.org”.") % {"most": MOST_PARENTS}
        raise BadValue(words, field="parents")
    if not timedelta(0) < lifetime <= LONGEST:
        raise BadValue(_("An embedding lasts from a second to a year."), field="expires_in")
    expires_at = (timezone.now() + lifetime).astimezone(UTC).replace(microsecond=0)
    values = [session.pk.hex, user.pk.hex, int(expires_at.timestamp()), *(one.lower() for one in parents)]
    return signing.dumps(values, salt=SALT, compress=True), expires_at


def open_embedded(token: str) -> Embedded:
    """The conversation that a token opens: as long as the one who made it may read it.

    Raises:
        Http404: nobody made this token, or its maker may not read the conversation any more.
        Expired: its time is over.
    """
    try:
        session_id, user_id, expires_at, *parents = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    if expires_at < timezone.now().timestamp():
        raise Expired(tuple(parents))
    maker = User.objects.filter(pk=UUID(user_id), is_active=True).first()
    if maker is None:
        raise Http404
    try:
        return Embedded(get_session(maker, UUID(session_id), Role.VIEWER), tuple(parents))
    except NotAllowed as error:
        raise Http404 from error
