"""Messages that wait: back into the composer, or ahead."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from chat import access, fragments
from chat.errors import Refused
from chat.http import no_content
from chat.models import Role
from chat.models.ids import new_id
from chat.services import drafts, queued
from chat.views.chips import chips
from chat.views.choices import chosen_value
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal


@require_POST
@login_needed
def take_back(request: PageRequest, message_id: UUID) -> HttpResponse:
    """The message leaves the conversation, and its text and files stand in the composer again."""
    message = access.get_message(request.user, message_id, Role.EDITOR)
    replies = list(message.children.values_list("pk", flat=True))
    try:
        files = queued.take_back(message=message, author=request.user)
    except Refused as refused:
        return refusal(request, refused, slot="#composer-error")
    if not request.htmx:
        drafts.save_draft(
            owner=request.user,
            session=message.session,
            text=message.content,
            message_id=new_id(),
            edited_at=timezone.now(),
            attachment_ids=[file.pk for file in files],
        )
        return back_to("session", message.session_id)
    shown = chips(files, user=request.user, models=[chosen_value(request.user, message.session)])
    gone = [format_html('<parley-gone m="{}"></parley-gone>', key) for key in (message.pk, *replies)]
    return frames(*gone, fragments.taken(message.session_id, message.content, shown))


@require_POST
@login_needed
def answer_now(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.EDITOR)
    queued.answer_now(message=message)
    return no_content() if request.htmx else back_to("session", message.session_id)
