"""Messages: sent, edited, sent again, answered again, deleted, brought back, copied."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import access, composer, fragments
from chat.errors import Refused
from chat.forms import SendForm
from chat.models import Message, Role, Session
from chat.services import messages, queued, sessions
from chat.services.branching import branch_session
from chat.services.content import draft_of
from chat.services.lineups import asked_together
from chat.slash.dispatch import Line
from chat.snapshot import views_of
from chat.text import clean_text
from chat.versions import ChangedMeanwhile
from chat.views.bubbles import bubbles
from chat.views.changed import Conflict, answer_conflict, conflict_of, unchanged, version_of_row
from chat.views.choices import change_of, chosen_again, chosen_several
from chat.views.composing import typed_in
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal
from chat.views.sessions import RESET, answer_session
from chat.views.sidebar import item
from chat.views.slash import answer_command


@require_POST
@login_needed
def send_message(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    try:
        values = SendForm(request.POST).check()
        models = chosen_several(request.user, values["models"], session)
        if change := change_of(request.user, values["model"], session):
            # The choice may still be on its way when the message is sent.
            session = sessions.update_session(session=session, changes=change)
        typed = typed_in(values)
        if isinstance(typed, Line):
            return answer_command(request, typed, session, message_id=values["message_id"])
        sent = composer.submit(
            author=request.user,
            session=session,
            draft=typed,
            attachment_ids=values["attachment_ids"],
            queue=values["queue"],
            models=models,
        )
    except Refused as refused:
        if request.htmx:
            return refusal(request, refused, slot="#composer-error")
        return answer_session(request, session, draft=content_of(request), refused=refused)
    if values["now"]:
        queued.answer_now(message=sent.user_message)
    if not request.htmx:
        return back_to("session", session.id)
    return frames(*bubbles(request, sent.user_message, *sent.replies))


@require_GET
@login_needed
def show_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    """The bubble as it is, for one who gave up editing it."""
    return frames(*bubbles(request, access.get_message(request.user, message_id, Role.MODERATOR)))


@require_GET
@login_needed
def message_source(request: PageRequest, message_id: UUID) -> HttpResponse:
    """The Markdown, for the clipboard."""
    message = access.get_message(request.user, message_id, Role.VIEWER)
    return HttpResponse(views_of([message])[0].content, content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "POST"])
@login_needed
def edit_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.EDITOR)
    if request.method == "GET":
        return answer_editor(request, message)
    content = content_of(request)
    try:
        message = messages.edit_message(
            message=message,
            editor=request.user,
            draft=draft_of(content, id=message.pk),
            check=unchanged(request, version_of_row),
        )
    except ChangedMeanwhile as changed:
        return answer_changed(request, message, content, changed)
    except Refused as refused:
        return answer_editor(request, message, content, refused)
    return frames(*bubbles(request, message)) if request.htmx else back_to("session", message.session_id)


@require_POST
@login_needed
def resend_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.EDITOR)
    content = content_of(request)
    try:
        sent = composer.resend(
            message=message,
            author=request.user,
            draft=draft_of(content),
            check=unchanged(request, version_of_row),
            models=asked_together(message, request.user),
        )
    except ChangedMeanwhile as changed:
        return answer_changed(request, message, content, changed)
    except Refused as refused:
        return answer_editor(request, message, content, refused)
    if not request.htmx:
        return back_to("session", message.session_id)
    return frames(*bubbles(request, sent.user_message, *sent.replies))


@require_POST
@login_needed
def regenerate_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.EDITOR)
    try:
        made = _answered_again(request, message)
    except Refused as refused:
        return told(request, refused)
    return frames(*bubbles(request, *made)) if request.htmx else back_to("session", message.session_id)


def _answered_again(request: PageRequest, message: Message) -> list[Message]:
    """By the model that was pressed, or by those that are ticked, side by side with what is there."""
    choice, ticked = request.POST.get("model", ""), request.POST.getlist("models")
    if not choice and len(ticked) == 1:
        [choice] = ticked
    if choice or not ticked:
        provider, model = chosen_again(request.user, choice, message) if choice else ("", "")
        return [composer.regenerate(message=message, author=request.user, provider=provider, model=model)]
    models = chosen_several(request.user, ticked, message.session)
    return composer.ask_beside(message=message, author=request.user, models=models)


@require_POST
@login_needed
def activate_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.EDITOR)
    try:
        messages.activate_message(message=message)
    except Refused as refused:
        return told(request, refused)
    return frames(RESET) if request.htmx else back_to("session", message.session_id)


@require_POST
@login_needed
def delete_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.EDITOR)
    try:
        messages.delete_message(message=message)
    except Refused as refused:
        return told(request, refused)
    if not request.htmx:
        return back_to("session", message.session_id)
    gone = format_html('<parley-gone m="{}"></parley-gone>', message.id)
    undo = reverse("restore-message", args=[message.id])
    return frames(gone, fragments.toast(_("Message deleted."), undo_url=undo))


@require_POST
@login_needed
def restore_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.EDITOR, deleted=True)
    message = messages.restore_message(message=message)
    return frames(*bubbles(request, message)) if request.htmx else back_to("session", message.session_id)


@require_POST
@login_needed
def branch_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    """A conversation of its own from here on, opened."""
    message = access.get_message(request.user, message_id, Role.VIEWER)
    return answer_branch(
        request, branch_session(session=message.session, owner=request.user, message=message)
    )


@require_POST
@login_needed
def branch_whole(request: PageRequest, session_id: UUID) -> HttpResponse:
    """A conversation of its own, from where this one has come to."""
    session = access.get_session(request.user, session_id, Role.VIEWER)
    return answer_branch(request, branch_session(session=session, owner=request.user))


def answer_branch(request: PageRequest, branch: Session) -> HttpResponse:
    if not request.htmx:
        return back_to("session", branch.id)
    url = reverse("session", args=[branch.id])
    return frames(item(request.user, branch), format_html('<parley-go href="{}"></parley-go>', url))


def content_of(request: PageRequest) -> str:
    """What was typed, whether it will do or not."""
    return clean_text(request.POST.get("content", ""))


def told(request: PageRequest, refused: Refused) -> HttpResponse:
    """A refusal of something that has no place of its own for words."""
    return refusal(request, refused, slot="#composer-error")


def answer_changed(
    request: PageRequest, message: Message, content: str, changed: ChangedMeanwhile
) -> HttpResponse:
    """What somebody else made of it meanwhile, below what was typed."""
    message.refresh_from_db()
    name, version = _("Text of the message"), version_of_row(message)
    conflict = conflict_of(changed, version, theirs={name: message.content}, mine={name: content})
    if request.htmx:
        return answer_conflict(request, conflict, slot=f"#edit-{message.id}-error")
    return answer_editor(request, message, content, changed, conflict=conflict)


def answer_editor(
    request: PageRequest,
    message: Message,
    content: str | None = None,
    refused: Refused | None = None,
    *,
    conflict: Conflict | None = None,
) -> HttpResponse:
    """The text in place of the bubble; a refusal stands below what was typed, which stays."""
    if refused and request.htmx:
        return refusal(request, refused, slot=f"#edit-{message.id}-error")
    context = {
        "message": message,
        "version": request.POST.get("version") or version_of_row(message),
        "content": views_of([message])[0].content if content is None else content,
        "max_chars": settings.MESSAGE_MAX_CHARS,
        "refused": refused,
        "conflict": conflict,
    }
    template = "chat/_editor.html" if request.htmx else "chat/edit.html"
    return render(request, template, context, status=refused.status if refused else 200)
