"""Summaries: the panel of the one for people, and what can be done with the one that models read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chat import access, fragments
from chat.errors import Refused
from chat.models import Role, Session, Summary
from chat.services import summaries
from chat.summing import Summing, summing_in
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal, role_here


@require_http_methods(["GET", "POST"])
@login_needed
def summary(request: PageRequest, session_id: UUID) -> HttpResponse:
    """What a summary for people says, and how far the next one is; with POST one is made."""
    needed = Role.MODERATOR if request.method == "GET" else Role.EDITOR
    session = access.get_session(request.user, session_id, needed)
    try:
        if request.method == "POST":
            summaries.ask_summary(session=session, user=request.user)
    except Refused as refused:
        return _answer(request, session, refused=refused.detail)
    return _answer(request, session)


@require_POST
@login_needed
def cancel(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    summaries.cancel_summary(session=session)
    return _answer(request, session)


@require_POST
@login_needed
def put(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Say it in the conversation."""
    session = access.get_session(request.user, session_id, Role.EDITOR)
    found = summing_in(session).summary
    if found is None:
        return _answer(request, session)
    try:
        summaries.put_summary(session=session, summary=found, author=request.user)
    except Refused as refused:
        return _answer(request, session, refused=refused.detail)
    if request.htmx:
        return frames(fragments.toast(_("It stands at the end of the conversation.")))
    return back_to("session", session.pk)


@require_http_methods(["GET", "POST"])
@login_needed
def edit(request: PageRequest, message_id: UUID) -> HttpResponse:
    """The form, or with POST what models are to read instead."""
    found = access.get_summary(request.user, message_id, Role.EDITOR)
    if request.method == "GET":
        return _answer_form(request, found, found.text)
    text = request.POST.get("text", "")
    try:
        summaries.edit_summary(summary=found, editor=request.user, text=text)
    except Refused as refused:
        return _answer_form(request, found, text, refused)
    return _done(request, found, _("Summary saved."))


@require_POST
@login_needed
def redo(request: PageRequest, message_id: UUID) -> HttpResponse:
    found = access.get_summary(request.user, message_id, Role.EDITOR)
    try:
        summaries.redo_summary(summary=found, user=request.user)
    except Refused as refused:
        return _refused(request, found, refused)
    return _done(request, found, _("The summary is being written anew."))


@require_POST
@login_needed
def remove(request: PageRequest, message_id: UUID) -> HttpResponse:
    found = access.get_summary(request.user, message_id, Role.EDITOR)
    try:
        summaries.remove_summary(summary=found)
    except Refused as refused:
        return _refused(request, found, refused)
    return _done(request, found, _("Summary removed."))


def _done(request: PageRequest, found: Summary, words: str) -> HttpResponse:
    """The socket shows the place anew."""
    return frames(fragments.toast(words)) if request.htmx else back_to("session", found.session_id)


def _refused(request: PageRequest, found: Summary, refused: Refused) -> HttpResponse:
    if request.htmx:
        return refusal(request, refused, slot="#composer-error")
    notices.error(request, refused.detail)
    return back_to("session", found.session_id)


def _answer(request: PageRequest, session: Session, *, refused: str = "") -> HttpResponse:
    if request.method == "POST" and not (request.htmx or refused):
        return back_to("summary", session.pk)
    found: Summing = summing_in(session)
    context: dict[str, Any] = {
        **vars(found),
        "session": session,
        "body": fragments.summary_body(found.summary) if found.summary else "",
        "failure": refused or fragments.job_failure(found.failure),
        "can_write": role_here(request, session).can_write,
    }
    return render(request, "chat/_summary.html" if request.htmx else "chat/summary.html", context)


def _answer_form(
    request: PageRequest, found: Summary, text: str, refused: Refused | None = None
) -> HttpResponse:
    if refused and request.htmx:
        return refusal(request, refused, slot="#summary-error")
    context = {
        "summary": found,
        "message": {"id": found.upto, "session_id": found.session_id},
        "text": text,
        "max_chars": settings.MESSAGE_MAX_CHARS,
        "refused": refused,
    }
    template = "chat/_fold_form.html" if request.htmx else "chat/fold_form.html"
    return render(request, template, context, status=refused.status if refused else 200)
