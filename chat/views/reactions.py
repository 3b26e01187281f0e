"""Reactions: the bar under a message, and the emojis to choose from."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from chat import access, emojis, fragments
from chat.errors import Refused
from chat.models import Role
from chat.services import reactions
from chat.snapshot import views_of
from chat.views.door import PageRequest, back_to, frames, login_needed
from chat.views.messages import told


@require_http_methods(["GET", "POST"])
@login_needed
def react_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    """Give an emoji, or take it back; without script, choose one on a page of its own."""
    message = access.get_message(request.user, message_id, Role.COMMENTER)
    if request.method == "GET":
        context = {"message": message, "choices": choices("")}
        return render(request, "chat/react.html", context)
    try:
        reactions.toggle_reaction(message=message, user=request.user, emoji=request.POST.get("emoji", ""))
    except Refused as refused:
        return told(request, refused)
    if not request.htmx:
        return back_to("session", message.session_id)
    [view] = views_of([message])
    return frames(fragments.reaction_bar(view, viewer=request.user, role=Role.COMMENTER))


@require_GET
@login_needed
def find_emojis(request: PageRequest) -> HttpResponse:
    """Those whose names fit `?q=`; without it, those that people mostly want."""
    query = request.GET.get("q", "")[:60]
    answer = render(request, "chat/_emojis.html", {"choices": choices(query), "query": query})
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def choices(query: str) -> list[tuple[str, str]]:
    """Emojis with their names in the person's language."""
    language = (get_language() or "en").split("-")[0]
    found = emojis.search(query, language) if query.strip() else emojis.COMMON
    return [(emoji, emojis.name_of(emoji, language)) for emoji in found]
