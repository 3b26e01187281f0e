"""A conversation: its page, its older messages, the list of all, and what can be done to one."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from chat import access, fragments, snapshot
from chat.errors import BadValue, Refused
from chat.forms import NameForm, SettingsForm
from chat.models import Session
from chat.services import replies, sessions
from chat.views.choices import choices, split
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal
from chat.views.panes import answer_pane
from chat.views.sidebar import sidebar


@require_GET
@login_needed
def show_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id)
    return answer_session(request, session)


@require_GET
@login_needed
def older_messages(request: PageRequest, session_id: UUID) -> HttpResponse:
    """The page above the one on the screen, and the way to the next one above it."""
    session = access.get_session(request.user, session_id)
    page = read_page(request, session)
    bubbles = [fragments.bubble(view) for view in page.messages]
    return render(request, "chat/_older_messages.html", {"session": session, "page": page, "bubbles": bubbles})


@require_GET
@login_needed
def list_sessions(request: PageRequest) -> HttpResponse:
    found = sidebar(request, request.user, cursor=request.GET.get("cursor", ""))
    template = "chat/_sidebar_page.html" if request.htmx else "chat/list.html"
    return render(request, template, {"sidebar": found})


@require_http_methods(["GET", "POST"])
@login_needed
def rename_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id)
    form = NameForm(request.POST or None)
    if request.method == "GET":
        return answer_rename(request, session, session.name)
    name = request.POST.get("name", "")
    try:
        if not form.is_valid():
            raise BadValue("A title has 1 to 200 characters.", field="name")
        session = sessions.update_session(session=session, changes={"name": name})
    except Refused as refused:
        return answer_rename(request, session, name, refused)
    return frames(*told_session(session)) if request.htmx else back_to("session", session.id)


@require_POST
@login_needed
def change_settings(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id)
    form = SettingsForm(request.POST)
    if not form.is_valid():
        template = "chat/_settings_form.html" if request.htmx else "chat/settings.html"
        answer = render(request, template, {"session": session, "settings_form": form}, status=422)
        return reswap(retarget(answer, "#settings-form"), "outerHTML")
    session = sessions.update_session(session=session, changes={"settings": form.cleaned_data})
    if not request.htmx:
        return back_to("session", session.id)
    return frames(fragments.session_header(session), fragments.toast("Settings saved."))


@require_POST
@login_needed
def choose_model(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id)
    wanted = request.POST.get("model", "")
    if wanted not in {choice.value for choice in choices(session)}:
        return refusal(request, BadValue("That model is not offered any more."), slot="#composer-error")
    provider, model = split(wanted)
    session = sessions.update_session(session=session, changes={"provider": provider, "model": model})
    return frames(fragments.session_header(session)) if request.htmx else back_to("session", session.id)


@require_POST
@login_needed
def clear_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id)
    try:
        sessions.clear_session(session=session)
    except Refused as refused:
        return refusal(request, refused, slot="#composer-error")
    if not request.htmx:
        return back_to("session", session.id)
    undo = reverse("undo-clear", args=[session.id])
    return frames("<parley-reset></parley-reset>", fragments.toast("Conversation cleared.", undo_url=undo))


@require_POST
@login_needed
def undo_clear(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id)
    sessions.undo_clear(session=session)
    return frames("<parley-reset></parley-reset>") if request.htmx else back_to("session", session.id)


@require_POST
@login_needed
def delete_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id)
    sessions.delete_session(session=session)
    if not request.htmx:
        notices.info(request, "Conversation deleted.")
        return redirect("start")
    undo = reverse("restore-session", args=[session.id])
    pieces = [
        format_html('<parley-left s="{}"></parley-left>', session.id),
        fragments.toast("Conversation deleted.", undo_url=undo),
    ]
    if str(session.id) in (request.htmx.current_url or ""):
        pieces.append(format_html('<parley-go href="{}"></parley-go>', reverse("start")))
    return frames(*pieces)


@require_POST
@login_needed
def restore_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, deleted=True)
    session = sessions.restore_session(session=session)
    if not request.htmx:
        return back_to("session", session.id)
    url = reverse("session", args=[session.id])
    return frames(fragments.sidebar_item(session), format_html('<parley-go href="{}"></parley-go>', url))


@require_POST
@login_needed
def stop_reply(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id)
    replies.stop_reply(session=session)
    return HttpResponse(status=204) if request.htmx else back_to("session", session.id)


def answer_session(
    request: PageRequest, session: Session, *, draft: str = "", refused: Refused | None = None
) -> HttpResponse:
    page = read_page(request, session)
    listed = fragments.message_list(page)
    context = {"session": session, "page": page, "message_list": listed}
    if request.htmx and request.htmx.target == "conversation":
        return render(request, "chat/_conversation.html", context)
    context |= {
        "header": fragments.session_header(session),
        "is_running": any(view.message.is_running for view in page.messages),
        "choices": choices(session),
        "settings_form": SettingsForm(initial=session.all_settings),
        "send_url": reverse("send", args=[session.id]),
        "max_chars": settings.MESSAGE_MAX_CHARS,
        "sidebar_item": fragments.sidebar_item(session) if request.htmx else "",
        "draft": draft,
        "refused": refused,
    }
    title = session.name or "New conversation"
    return answer_pane(
        request, "chat/session.html", "chat/_session_pane.html", context, title=title, current=session.id
    )


def read_page(request: PageRequest, session: Session) -> snapshot.Page:
    """The newest messages, or those before `?before=`."""
    before = request.GET.get("before")
    return snapshot.page(session, before=message_before(request, session, before) if before else None)


def told_session(session: Session) -> list[str]:
    return [fragments.session_header(session), fragments.sidebar_item(session)]


def answer_rename(
    request: PageRequest, session: Session, name: str, refused: Refused | None = None
) -> HttpResponse:
    template = "chat/_rename.html" if request.htmx else "chat/rename.html"
    context = {"session": session, "name": name, "refused": refused}
    answer = render(request, template, context, status=refused.status if refused else 200)
    return retarget(answer, "#dialog-body") if refused else answer
