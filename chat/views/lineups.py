"""Replies side by side: lined up, and merged into one more."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from chat import access, composer
from chat.errors import Refused
from chat.models import Role
from chat.services import lineups
from chat.views.bubbles import bubbles
from chat.views.choices import choices, chosen
from chat.views.door import PageRequest, back_to, frames, login_needed
from chat.views.message_panels import panel
from chat.views.messages import told
from chat.views.sessions import RESET


@require_POST
@login_needed
def line_up(request: PageRequest, message_id: UUID) -> HttpResponse:
    """All alternatives of that reply, side by side until one of them is kept."""
    message = access.get_message(request.user, message_id, Role.EDITOR)
    try:
        lineups.line_up(message=message)
    except Refused as refused:
        return told(request, refused)
    return frames(RESET) if request.htmx else back_to("session", message.session_id)


@require_http_methods(["GET", "POST"])
@login_needed
def merge_replies(request: PageRequest, message_id: UUID) -> HttpResponse:
    """Which model is to make one reply of all those to that question; it takes their place."""
    message = access.get_message(request.user, message_id, Role.EDITOR)
    if request.method == "GET":
        context = {"message": message, "choices": choices(request.user, message.session)}
        return render(request, panel(request, "merge_replies"), context)
    try:
        provider, model = chosen(request.user, request.POST.get("model", ""), message.session)
        reply = composer.merge(message=message, author=request.user, provider=provider, model=model)
    except Refused as refused:
        return told(request, refused)
    return frames(*bubbles(request, reply)) if request.htmx else back_to("session", message.session_id)
