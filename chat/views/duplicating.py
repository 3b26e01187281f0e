"""A conversation once more, opened."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat import access, fragments
from chat.models import Role
from chat.services.duplicating import duplicate_session
from chat.views.door import PageRequest, back_to, frames, login_needed
from chat.views.sidebar import item


@require_POST
@login_needed
def duplicate(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.VIEWER)
    made = duplicate_session(session=session, owner=request.user)
    words = _("This is the copy. The original is as it was.")
    if not request.htmx:
        notices.info(request, words)
        return back_to("session", made.id)
    go = format_html('<parley-go href="{}"></parley-go>', reverse("session", args=[made.id]))
    return frames(item(request.user, made), go, fragments.toast(words))
