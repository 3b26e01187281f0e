"""Annotations: written, edited, deleted, brought back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import retarget

from chat import access, fragments
from chat.errors import Refused
from chat.models import Annotation, Message, Role
from chat.passages import Passage
from chat.services import annotations as notes
from chat.snapshot import views_of
from chat.text import clean_text
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal, role_here

ERROR_SLOT = "#annotation-error"


@require_http_methods(["GET", "POST"])
@login_needed
def annotate_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.COMMENTER)
    if request.method == "GET":
        return answer_form(request, message)
    body = clean_text(request.POST.get("body", ""))
    passage = Passage(*(request.POST.get(name, "") for name in ("quote", "prefix", "suffix")))
    try:
        notes.annotate_passage(message=message, author=request.user, body=body, passage=passage)
    except Refused as refused:
        return answer_form(request, message, body=body, passage=passage, refused=refused)
    return answer_notes(request, message)


@require_http_methods(["GET", "POST"])
@login_needed
def edit_annotation(request: PageRequest, message_id: UUID, annotation_id: UUID) -> HttpResponse:
    annotation = access.get_annotation(request.user, message_id, annotation_id)
    if request.method == "GET":
        return answer_form(request, annotation.message, annotation=annotation, body=annotation.body)
    body = clean_text(request.POST.get("body", ""))
    try:
        notes.edit_annotation(annotation=annotation, body=body)
    except Refused as refused:
        return answer_form(request, annotation.message, annotation=annotation, body=body, refused=refused)
    return answer_notes(request, annotation.message)


@require_POST
@login_needed
def delete_annotation(request: PageRequest, message_id: UUID, annotation_id: UUID) -> HttpResponse:
    annotation = access.get_annotation(request.user, message_id, annotation_id)
    notes.delete_annotation(annotation=annotation)
    undo = reverse("restore-annotation", args=[message_id, annotation_id])
    return answer_notes(request, annotation.message, fragments.toast(_("Note deleted."), undo_url=undo))


@require_POST
@login_needed
def restore_annotation(request: PageRequest, message_id: UUID, annotation_id: UUID) -> HttpResponse:
    annotation = access.get_annotation(request.user, message_id, annotation_id, deleted=True)
    notes.restore_annotation(annotation=annotation)
    return answer_notes(request, annotation.message)


def answer_notes(request: PageRequest, message: Message, *more: str) -> HttpResponse:
    if not request.htmx:
        return back_to("session", message.session_id)
    [view] = views_of([message])
    role = role_here(request, message.session)
    return frames(fragments.annotation_list(view, viewer=request.user, role=role), *more)


def answer_form(
    request: PageRequest,
    message: Message,
    *,
    annotation: Annotation | None = None,
    body: str = "",
    passage: Passage | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    """The form in the dialog, or as a page; a refusal stands below what was typed, which stays."""
    if refused and request.htmx:
        return refusal(request, refused, slot=ERROR_SLOT)
    context = {
        "message": message,
        "annotation": annotation,
        "quote": annotation.quote if annotation else passage.quote if passage else "",
        "passage": passage,
        "body": body,
        "max_chars": notes.MAX_CHARS,
        "refused": refused,
    }
    template = "chat/_annotation_form.html" if request.htmx else "chat/annotate.html"
    answer = render(request, template, context, status=refused.status if refused else 200)
    return retarget(answer, "#dialog-body") if request.htmx else answer
