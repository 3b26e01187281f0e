"""What the next message would be sent with: a gauge beside the composer, and the panel of what fills it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat import access
from chat.gauging import gauge_of, words_of
from chat.http import no_content
from chat.models import Role
from chat.views.door import PageRequest, login_needed


@require_GET
@login_needed
def show_context(request: PageRequest, session_id: UUID) -> HttpResponse:
    """The panel; with `?gauge=` what stands beside the composer."""
    try:
        session = access.get_session(request.user, session_id, Role.MODERATOR)
    except Http404:
        if request.GET.get("gauge"):
            return no_content()  # it may have ended a moment ago, and nobody asked for this by hand
        raise
    gauge = gauge_of(session, request.user)
    context = {"session": session, "gauge": gauge, "gauge_words": words_of(gauge) if gauge else ""}
    if request.GET.get("gauge"):
        return render(request, "chat/_gauge.html", context)
    return render(request, "chat/_context.html" if request.htmx else "chat/context.html", context)
