"""Messages as the person who asks sees them."""

from __future__ import annotations

from django.utils.safestring import SafeString

from chat import fragments
from chat.models import Message
from chat.snapshot import views_of
from chat.views.door import PageRequest, role_here


def bubbles(request: PageRequest, *found: Message) -> list[SafeString]:
    """The bubbles of messages of one conversation."""
    if not found:
        return []
    role = role_here(request, found[0].session)
    return [fragments.bubble(view, viewer=request.user, role=role) for view in views_of(found)]
