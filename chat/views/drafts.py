"""The composer's text on its way to the server, every moment while one types."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from chat import access
from chat.errors import IdReused, Refused
from chat.forms import DraftForm
from chat.http import no_content
from chat.models import Role
from chat.services import drafts
from chat.views.choices import MOST
from chat.views.door import PageRequest, login_needed


@require_POST
@login_needed
def save_draft(request: PageRequest, session_id: UUID | None = None) -> HttpResponse:
    """The stamp of what is kept, or the code of the refusal, stands in a header for the script."""
    session = access.get_session(request.user, session_id, Role.EDITOR) if session_id else None
    try:
        values = DraftForm(request.POST).check()
        draft = drafts.save_draft(
            owner=request.user,
            session=session,
            text=values["content"],
            message_id=values["message_id"],
            edited_at=timezone.now() - timedelta(milliseconds=values["edited_ago"] or 0),
            attachment_ids=values["attachment_ids"],
            model=values["model"],
            asked_models=values["models"][:MOST],
        )
    except IdReused as refused:
        # Sent in the meantime: nothing went wrong, and nothing is kept.
        return no_content({"X-Refused": refused.code})
    except Refused as refused:
        return HttpResponse(
            refused.detail,
            status=refused.status,
            content_type="text/plain; charset=utf-8",
        )
    return no_content({"X-Draft": draft.stamp if draft else ""})
