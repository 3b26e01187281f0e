"""What a model proposes in the dialogs for the title and for tags; nothing is set before a person saves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from chat import access, fragments
from chat.errors import Refused
from chat.models import Extra, Role, Session, User
from chat.services.suggestions import ask_suggestion
from chat.suggesting import NOTHING, Suggesting, suggesting_in
from chat.views.door import PageRequest, back_to, login_needed

Purpose = Extra.Purpose
# Where there is no script, the page of the dialog shows what was asked for before.
ASKED = "suggested"


@require_http_methods(["GET", "POST"])
@login_needed
def suggest_title(request: PageRequest, session_id: UUID) -> HttpResponse:
    return _suggest(request, session_id, Purpose.NAMING, page="rename", template="chat/_suggest_title.html")


@require_http_methods(["GET", "POST"])
@login_needed
def suggest_tags(request: PageRequest, session_id: UUID) -> HttpResponse:
    return _suggest(request, session_id, Purpose.TAGS, page="tags", template="chat/_suggest_tags.html")


def _suggest(
    request: PageRequest, session_id: UUID, purpose: Extra.Purpose, *, page: str, template: str
) -> HttpResponse:
    """How far it is and what came of it; with POST a model is asked."""
    session = access.get_session(request.user, session_id, Role.EDITOR)
    refused = _asked(session, request.user, purpose) if request.method == "POST" else None
    if refused and not request.htmx:
        notices.error(request, refused.detail)
        return back_to("session", session.pk)
    if not request.htmx:
        return redirect(f"{reverse(page, args=[session.pk])}?{ASKED}=1")
    found = suggesting_in(session, request.user, purpose)
    context = _told(session, found, refused.detail if refused else "")
    if request.htmx.target == "dialog-body":  # from the menu: the dialog is not there yet
        return render(request, "chat/_rename.html", {**context, "name": session.name})
    return render(request, template, {**context, "is_fresh": True})


def _asked(session: Session, user: User, purpose: Extra.Purpose) -> Refused | None:
    try:
        ask_suggestion(session=session, user=user, purpose=purpose)
    except Refused as refused:
        return refused
    return None


def suggested(request: HttpRequest, session: Session, user: User, purpose: Extra.Purpose) -> dict[str, Any]:
    """What the dialog needs for it: at first nothing but the button."""
    found = suggesting_in(session, user, purpose) if ASKED in request.GET else NOTHING
    return _told(session, found, "")


def _told(session: Session, found: Suggesting, refused: str) -> dict[str, Any]:
    return {
        "session": session,
        "suggesting": found,
        "may_suggest": settings.PARLEY_SUGGESTIONS,
        "suggesting_failed": refused or fragments.job_failure(found.failure),
    }
