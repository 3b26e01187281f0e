"""Temporary conversations: left, come back to, ended, kept; and logout, which ends those of its browser."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notices
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat import access, fragments
from chat.errors import Refused
from chat.http import no_content
from chat.models import Role, Session, User
from chat.services import temporary
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal
from chat.views.session_settings import told_session

# Where a browser's session holds the marks of the temporary conversations that were open in it.
SHOWN = "temporary"
MOST = 100


@require_POST
@login_needed
def keep(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = temporary.keep_session(session=access.get_session(request.user, session_id, Role.OWNER))
    words = _("This conversation is kept.")
    if not request.htmx:
        notices.info(request, words)
        return back_to("session", session.id)
    kept = format_html('<parley-kept s="{}"></parley-kept>', session.id)
    return frames(kept, *told_session(request, session), fragments.toast(words))


@require_POST
@login_needed
def end(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.OWNER)
    try:
        temporary.end_session(session=session)
    except Refused as refused:
        return refusal(request, refused, slot="#composer-error")
    _forget(request, session_id)
    words = _("The temporary conversation is gone.")
    if not request.htmx:
        notices.info(request, words)
        return back_to("start")
    ended = format_html('<parley-ended s="{}"></parley-ended>', session.id)
    go = format_html('<parley-go href="{}"></parley-go>', reverse("start"))
    return frames(ended, go, fragments.toast(words))


@require_POST
@login_needed
def leave(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Told by the page as it closes, or as another one takes its place (`away`)."""
    session = access.get_session(request.user, session_id, Role.OWNER)
    temporary.leave_session(session=session, is_away="away" in request.POST)
    return no_content()


@require_POST
@login_needed
def stay(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Told by a page that is open."""
    session = access.get_session(request.user, session_id, Role.OWNER)
    temporary.stay_in_session(session=session)
    return no_content()


def remember(request: PageRequest, session: Session) -> None:
    """This browser shows it, so it ends when one logs out here; another browser's are in use there."""
    mark, known = temporary.mark_of(session.pk), request.session.get(SHOWN, [])
    if session.is_temporary and mark not in known:
        own = temporary.marks_of(request.user)
        request.session[SHOWN] = [*[one for one in known if one in own][1 - MOST :], mark]


def _forget(request: PageRequest, session_id: UUID) -> None:
    mark = temporary.mark_of(session_id)
    if mark in (known := request.session.get(SHOWN, [])):
        request.session[SHOWN] = [one for one in known if one != mark]


class Logout(LogoutView):
    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if isinstance(request.user, User):
            temporary.end_all(owner=request.user, marks=request.session.get(SHOWN, []))
        return super().post(request, *args, **kwargs)
