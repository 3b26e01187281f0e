"""Which tools are on in a conversation."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat import access, fragments, toolbox
from chat.errors import NoProvider
from chat.generation.choice import candidate_of, provider_for
from chat.models import Role, Session, User
from chat.services import tools
from chat.views.door import PageRequest, back_to, frames, login_needed


@require_http_methods(["GET", "POST"])
@login_needed
def session_tools(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    if request.method == "POST":
        on = set(request.POST.getlist("on"))
        chosen = {switch.key: switch.key in on for switch in toolbox.switches(request.user, session)}
        tools.choose_tools(session=session, user=request.user, chosen=chosen)
        return frames(fragments.toast(_("Saved."))) if request.htmx else back_to("session", session.pk)
    template = "chat/_session_tools.html" if request.htmx else "chat/session_tools.html"
    context = {
        "session": session,
        "switches": toolbox.switches(request.user, session),
        "model": model_without_tools(request.user, session),
    }
    return render(request, template, context)


def model_without_tools(user: User, session: Session) -> str:
    """The name of the conversation's model if it cannot call tools."""
    try:
        config, model = provider_for(session.provider, session.model, user)
    except NoProvider:
        return ""
    return "" if candidate_of(config, model).facts.calls_tools else model or config.name
