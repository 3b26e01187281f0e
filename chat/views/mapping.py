"""The map of a conversation: a panel over it, and a page of its own."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from chat import access
from chat.mapping import END, picture_of
from chat.models import Role
from chat.views.door import PageRequest, login_needed
from chat.views.panes import answer_pane


@require_GET
@gzip_page
@login_needed
def show_map(request: PageRequest, session_id: UUID) -> HttpResponse:
    """With `?before=` the forks above that depth."""
    session = access.get_session(request.user, session_id, Role.MODERATOR)
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdecimal() and len(before) < 10
    picture = picture_of(session, access.sessions_for(request.user), before=int(before) if is_number else END)
    context = {"session": session, "picture": picture}
    if request.htmx and request.htmx.target != "pane":
        return render(request, "tree/_map.html", context)
    return answer_pane(request, "tree/map.html", "tree/_map_pane.html", context, title=_("Map"))
