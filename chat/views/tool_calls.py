"""What a person says of a tool that a model asks to use: it may, or it may not."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from chat import access
from chat.errors import Refused
from chat.http import no_content
from chat.models import Role
from chat.services.allowing import decide_call
from chat.views.door import PageRequest, back_to, login_needed, refusal


@require_POST
@login_needed
def decide(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.EDITOR)
    is_allowed = "allow" in request.POST
    call_id = request.POST.get("allow" if is_allowed else "forbid", "")
    try:
        decide_call(message=message, call_id=call_id, author=request.user, is_allowed=is_allowed)
    except Refused as refused:
        return refusal(request, refused, slot="#composer-error")
    return no_content() if request.htmx else back_to("session", message.session_id)
