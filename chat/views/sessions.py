"""A conversation: its page, its older messages, the list of all, and what can be done to one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from chat import access, fragments
from chat.errors import Refused
from chat.forms import SettingsForm, StopForm
from chat.generation.choice import configs_for
from chat.http import no_content
from chat.models import Role, Session
from chat.services import replies, sessions
from chat.views.changed import version_of_settings
from chat.views.composing import composer_context
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal, role_here
from chat.views.fallbacks import picks
from chat.views.list_filter import filter_of, offered_filters
from chat.views.panes import answer_pane
from chat.views.session_options import options_form_of
from chat.views.sidebar import away_from, item, sidebar, size_of
from chat.views.temporary import remember
from chat.views.windows import Opened, message_list, open_window

RESET = SafeString("<parley-reset></parley-reset>")


@require_GET
@gzip_page
@login_needed
def show_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.MODERATOR)
    remember(request, session)
    return answer_session(request, session)


@require_GET
@login_needed
def list_sessions(request: PageRequest) -> HttpResponse:
    found = sidebar(
        request.user,
        cursor=request.GET.get("cursor", ""),
        wanted=filter_of(request),
        size=size_of(request),
    )
    template = "chat/_sidebar_page.html" if request.htmx else "chat/list.html"
    answer = render(request, template, {"sidebar": found})
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
@login_needed
def filter_tags(request: PageRequest) -> HttpResponse:
    """What the list can be filtered by, for its menu."""
    context = {"names": access.tags_of(request.user), "groups": offered_filters(request.user)}
    return render(request, "chat/_filter_tags.html", context)


@require_POST
@login_needed
def clear_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    try:
        sessions.clear_session(session=session)
    except Refused as refused:
        return refusal(request, refused, slot="#composer-error")
    if not request.htmx:
        return back_to("session", session.id)
    undo = reverse("undo-clear", args=[session.id])
    return frames(RESET, fragments.toast(_("Conversation cleared."), undo_url=undo))


@require_POST
@login_needed
def undo_clear(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    sessions.undo_clear(session=session)
    return frames(RESET) if request.htmx else back_to("session", session.id)


@require_POST
@login_needed
def delete_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.OWNER)
    sessions.delete_session(session=session)
    if not request.htmx:
        notices.info(request, _("Conversation deleted."))
        return redirect("start")
    undo = reverse("restore-session", args=[session.id])
    pieces = [
        fragments.left(session.id),
        fragments.toast(_("Conversation deleted."), undo_url=undo),
    ]
    return frames(*pieces, *away_from(request, [session.id]))


@require_POST
@login_needed
def restore_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.OWNER, deleted=True)
    session = sessions.restore_session(session=session)
    if not request.htmx:
        return back_to("session", session.id)
    url = reverse("session", args=[session.id])
    return frames(item(request.user, session), format_html('<parley-go href="{}"></parley-go>', url))


@require_POST
@login_needed
def stop_reply(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    form = StopForm(request.POST)
    if form.is_valid():
        for message_id in form.cleaned_data["message_id"] or [None]:
            replies.stop_reply(session=session, message_id=message_id)
    return no_content() if request.htmx else back_to("session", session.id)


def answer_session(
    request: PageRequest, session: Session, *, draft: str = "", refused: Refused | None = None
) -> HttpResponse:
    opened, role = open_window(request, session), role_here(request, session)
    listed = message_list(opened.page, viewer=request.user, role=role)
    context = {"session": session, "role": role, "page": opened.page, "opened": opened}
    questions = _questions(opened, session) if role.can_write else []
    context |= {"message_list": listed, "follow_ups": fragments.follow_ups(session, questions)}
    if request.htmx and request.htmx.target == "conversation":
        return render(request, "chat/_conversation.html", context)
    draft = draft or _picked(request, questions)
    begun = access.begun_from(request.user, session)
    configs = configs_for(request.user)
    composing = composer_context(request.user, session, typed=draft, configs=configs)
    context |= composing | {
        "is_running": opened.is_running,
        "is_noted": any(view.annotations for view in opened.page.messages),
        "settings_form": SettingsForm(initial=session.all_settings),
        "options_form": options_form_of(request.user, session, configs=configs),
        "begun_from": begun,
        "begun_role": begun.template.role_of(request.user) if begun else None,
        "picks": picks(session.fallbacks, composing["choices"]),
        "settings_version": version_of_settings(session),
        "tags": tags_on(session),
        "may_suggest": settings.PARLEY_SUGGESTIONS,
        "project": fragments.project_of(session),
        "sidebar_item": item(request.user, session) if request.htmx else "",
        "refused": refused,
    }
    title = session.name or _("New conversation")
    return answer_pane(
        request, "chat/session.html", "chat/_session_pane.html", context, title=title, current=session.id
    )


def _questions(opened: Opened, session: Session) -> list[str]:
    """What could be asked after the last message, where the page shows that one."""
    shown = opened.page.messages
    return session.follow_ups_to(shown[-1].message.pk) if shown and not opened.page.newer else []


def _picked(request: PageRequest, questions: Sequence[str]) -> str:
    """The question that is to stand in the composer, by its number."""
    number = request.GET.get("follow_up", "")
    return questions[int(number) - 1] if number in map(str, range(1, len(questions) + 1)) else ""


def tags_on(session: Session) -> list[str]:
    return sorted(session.tags.values_list("name", flat=True))
