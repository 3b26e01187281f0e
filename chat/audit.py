"""The writer of the audit log. A change is noted in its own transaction: both are kept, or neither.

Of temporary conversations nothing is noted. What a person says is not either: each message is a record of
its own, with its author and time.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from chat import threads
from chat.models import AuditEntry, Role, Session, User
from chat.models.ids import first_id_at

Action = AuditEntry.Action
KEPT = timedelta(days=400)
# Who opens another's conversation is noted once in this time, and so is who is refused.
SECONDS_BETWEEN = 3600
# Entries that are removed at a time.
BATCH = 1000


@dataclass(slots=True)
class Origin:
    """How a request came in; the person is known once the credentials were looked up."""

    way: str
    request: HttpRequest | None = None
    request_id: str = ""
    address: str | None = None
    user: User | None = None
    token_id: UUID | None = None

    def person(self) -> User | None:
        user = self.user or getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None


_NOWHERE = Origin("")
_origin: ContextVar[Origin] = ContextVar("audit_origin", default=_NOWHERE)


def begin(way: str, *, request: HttpRequest | None = None, request_id: str = "", address: str = "") -> None:
    """What is noted from here on came in like this."""
    _origin.set(Origin(way, request, request_id, _plain(address)))


def _plain(address: str) -> str | None:
    """As every database holds it, so without a zone; None for what is no address, such as a socket file."""
    try:
        return str(ip_address(address.partition("%")[0]))
    except ValueError:
        return None


def end() -> None:
    _origin.set(_NOWHERE)


def act_as(user: User, token_id: UUID | None = None) -> None:
    """This person, or a program of theirs with that token, is behind what was begun."""
    origin = _origin.get()
    if origin is not _NOWHERE:
        origin.user, origin.token_id = user, token_id


def note(
    action: Action,
    about: Model | None,
    *,
    session: Session | None = None,
    actor: User | None = None,
    **detail: Any,
) -> None:
    """Add an entry about an object, which may be part of a session; `detail` has ids and names, no texts."""
    session = about if isinstance(about, Session) else session
    if session is None or not session.is_temporary:
        _entry(action, about, session.pk if session else None, actor, detail).save(force_insert=True)


def note_opened(user: User, session: Session, role: Role) -> None:
    """Somebody looks into a conversation that is another's."""
    if session.owner_id != user.pk:
        _note_once(Action.SESSION_OPENED, user, session, {"role": role.value})


def note_refused(user: User, session: Session, role: Role | None, needed: Role) -> None:
    """Somebody asked for a conversation, or for something in it, that is not for them."""
    _note_once(Action.SESSION_REFUSED, user, session, {"role": role and role.value, "needed": needed.value})


def _note_once(action: Action, user: User, session: Session, detail: dict[str, Any]) -> None:
    """Whoever reads does not wait for it."""
    key = f"audit:{action}:{user.pk}:{session.pk}:{detail['role']}"
    if not session.is_temporary and cache.add(key, value=True, timeout=SECONDS_BETWEEN):
        entry = _entry(action, session, session.pk, user, detail)
        threads.write_later(entry.save, force_insert=True)


def _entry(
    action: Action, about: Model | None, session_id: UUID | None, actor: User | None, detail: dict[str, Any]
) -> AuditEntry:
    origin = _origin.get()
    actor = actor or origin.person()
    return AuditEntry(
        action=action,
        actor_id=actor.pk if actor else None,
        actor_name=actor.get_username() if actor else "",
        way=origin.way,
        token_id=origin.token_id,
        address=origin.address,
        request_id=origin.request_id,
        object_type=(about._meta.model_name or "") if about else "",
        object_id=str(about.pk) if about else "",
        session_id=session_id,
        detail=detail,
    )


def is_due() -> bool:
    """Whether an entry is older than they are kept."""
    return _over().exists()


def sweep() -> int:
    """Remove entries that are older than they are kept; how many."""
    keys = list(_over().order_by("id").values_list("pk", flat=True)[:BATCH])
    return AuditEntry.objects.filter(pk__in=keys).delete()[0]


def _over() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(pk__lt=first_id_at(timezone.now() - KEPT))
