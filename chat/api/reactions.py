"""Reactions to a message: an emoji each, given and taken back; doing either twice changes nothing."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import writing
from chat.http import no_content
from chat.models import Role, User
from chat.services import reactions
from chat.snapshot import views_of
from chat.wire import message_json

router = Router(tags=["messages"])
Emoji = Annotated[str, Path(description="One emoji, percent-encoded as UTF-8: %F0%9F%91%8D")]


@router.put("/{uuid:message_id}/reactions/{emoji}", response=outputs.Message)
async def add_reaction(request: HttpRequest, message_id: UUID, emoji: Emoji) -> HttpResponse:
    """Give the message this emoji."""
    return json_answer(await writing(request, _add, message_id, emoji))


def _add(user: User, message_id: UUID, emoji: str) -> dict[str, Any]:
    message = access.get_message(user, message_id, Role.COMMENTER)
    reactions.add_reaction(message=message, user=user, emoji=emoji)
    [view] = views_of([message])
    return message_json(view)


@router.delete("/{uuid:message_id}/reactions/{emoji}", response={204: None})
async def remove_reaction(request: HttpRequest, message_id: UUID, emoji: Emoji) -> HttpResponse:
    """Take one's own back."""
    await writing(request, _remove, message_id, emoji)
    return no_content()


def _remove(user: User, message_id: UUID, emoji: str) -> None:
    message = access.get_message(user, message_id, Role.COMMENTER)
    reactions.remove_reaction(message=message, user=user, emoji=emoji)
