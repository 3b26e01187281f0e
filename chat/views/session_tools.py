"""Which tools are on in a conversation."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat import access, fragments, toolbox
from chat.access.providers import OWN, SITE
from chat.errors import NoProvider
from chat.generation.choice import candidate_of, provider_for
from chat.generation.known import known_of
from chat.models import Role, Session, User
from chat.providers.contract import ProviderConfig
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
    lacking = model_without_tools(request.user, session)
    context = {
        "session": session,
        "switches": toolbox.switches(request.user, session),
        "model": lacking[1] or lacking[0].name if lacking else "",
        "correct_url": correct_url(request.user, *lacking) if lacking else "",
    }
    return render(request, template, context)


def model_without_tools(user: User, session: Session) -> tuple[ProviderConfig, str] | None:
    """The conversation's model, and who has it, if it cannot call tools as far as is known."""
    try:
        config, model = provider_for(session.provider, session.model, user)
    except NoProvider:
        return None
    return None if candidate_of(config, model).facts.calls_tools else (config, model)


def correct_url(user: User, config: ProviderConfig, model: str) -> str:
    """Where this person can say what is known better of the model; empty where they cannot."""
    if config.kind == "local" and not config.base_url:  # it comes with Parley, and cannot
        return ""
    scope = SITE if config.owner is None or config.has_own_key else OWN
    may = access.may_set_up_providers if scope == SITE else access.may_have_providers
    known = known_of([config])
    if not may(user) or model not in known.all_models(config, known.listed(config)):
        return ""
    return f"{reverse('correct-model', args=[scope, config.name])}?{urlencode({'model': model})}"
