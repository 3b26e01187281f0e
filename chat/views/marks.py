"""The marks that a person puts on a conversation: star, archive, tags, and how far they have read."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import retarget

from chat import access, fragments
from chat.errors import Refused
from chat.forms import TagsForm
from chat.http import no_content
from chat.models import Extra, Role, Session
from chat.services import reading, sessions
from chat.views.door import PageRequest, back_to, frames, login_needed
from chat.views.session_settings import told_session
from chat.views.suggestions import suggested


@require_POST
@login_needed
def star_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    session = sessions.update_session(session=session, changes={"starred": is_on(request)})
    return frames(*told_session(request, session)) if request.htmx else back_to("session", session.id)


@require_POST
@login_needed
def archive_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    session = sessions.update_session(session=session, changes={"archived": is_on(request)})
    if not request.htmx:
        return back_to("session", session.id)
    words = _("Conversation archived.") if session.is_archived else _("Conversation is back in the list.")
    undo = reverse("archive", args=[session.id])
    toast = fragments.toast(words, undo_url=undo, undo_values={"on": "" if session.is_archived else "1"})
    return frames(*told_session(request, session), toast)


@require_http_methods(["GET", "POST"])
@login_needed
def tag_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    if request.method == "GET":
        return answer_tags(request, session)
    try:
        tags = TagsForm(request.POST).check()
    except Refused as refused:
        return answer_tags(request, session, refused)
    session = sessions.update_session(session=session, changes={"tags": tags})
    return frames(*told_session(request, session)) if request.htmx else back_to("session", session.id)


@require_POST
@login_needed
def see_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    """The person saw the end of the reply that ended with event `number`."""
    session = access.get_session(request.user, session_id, Role.VIEWER)
    number = request.POST.get("number", "")
    if re.fullmatch(r"[0-9]{1,18}", number):
        reading.mark_seen(session=session, user=request.user, number=int(number))
    return no_content()


def is_on(request: PageRequest) -> bool:
    return bool(request.POST.get("on"))


def answer_tags(request: PageRequest, session: Session, refused: Refused | None = None) -> HttpResponse:
    """The dialog, or the page; a refusal stands in it, with what was typed."""
    own = set(session.tags.values_list("name", flat=True))
    kept = set(request.POST.getlist("tags")) if refused else own
    context = {
        **suggested(request, session, request.user, Extra.Purpose.TAGS),
        "action": reverse("tags", args=[session.id]),
        "choices": [(name, name in kept) for name in access.tags_of(request.user)],
        "typed": request.POST.get("new", ""),
        "refused": refused,
    }
    template = "chat/_tags.html" if request.htmx else "chat/tags.html"
    answer = render(request, template, context, status=refused.status if refused else 200)
    return retarget(answer, "#dialog-body") if refused else answer
