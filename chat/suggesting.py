"""What a model proposes to a person who asked for a title or for tags, read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chat.models import Extra, Session, User


@dataclass(frozen=True)
class SuggestedTag:
    name: str
    # None of the person's conversations has it.
    is_new: bool


@dataclass(frozen=True)
class Suggesting:
    """`status` is empty where nothing was asked for; `failure` is why nothing came of it, as jobs keep it."""

    status: str = ""
    failure: dict[str, Any] | None = None
    title: str = ""
    tags: tuple[SuggestedTag, ...] = ()

    @property
    def is_under_way(self) -> bool:
        return self.status in (Extra.Status.PENDING, Extra.Status.RUNNING)


NOTHING = Suggesting()


def suggesting_in(session: Session, user: User, purpose: Extra.Purpose) -> Suggesting:
    """What this person asked for last there."""
    asked = Extra.objects.filter(session=session, owner=user, purpose=purpose)
    last = asked.order_by("-created_at", "-id").first()
    if last is None:
        return NOTHING
    tags = tuple(SuggestedTag(tag["name"], tag["is_new"]) for tag in last.data.get("tags", ()))
    return Suggesting(last.status, last.error, last.data.get("title", ""), tags)
