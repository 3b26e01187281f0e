"""Messages as the person who asks sees them."""

from __future__ import annotations

from django.utils.safestring import SafeString

from chat import fragments
from chat.lineups import columns_among
from chat.models import Message
from chat.snapshot import views_of
from chat.views.door import PageRequest, role_here


def bubbles(request: PageRequest, *found: Message) -> list[SafeString]:
    """The bubbles of messages of one conversation; columns come before those that stand in them."""
    if not found:
        return []
    role, views = role_here(request, found[0].session), views_of(found)
    columns = columns_among(views)
    pieces: list[SafeString] = []
    for view in views:
        lined_up = columns.get(view.message.parent_id)
        if lined_up and view is lined_up.first_of(views):
            pieces.append(fragments.lineup(lined_up, viewer=request.user, role=role, is_bare=True))
            pieces += [
                fragments.bubble(one, viewer=request.user, role=role, columns=lined_up)
                for one in lined_up.there_before(views)
            ]
        pieces.append(fragments.bubble(view, viewer=request.user, role=role, columns=lined_up))
    return pieces
