"""How an export will begin: made by the format itself, of the first messages alone."""

from __future__ import annotations

import io
from base64 import b64encode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from chat import access
from chat.errors import BadValue, Refused
from chat.models import Role, Session
from chat.speaking import translated
from chat.views.door import PageRequest, login_needed
from exports.content.transcript import Transcript, not_told
from exports.formats import FORMATS
from exports.formats.contract import CannotWrite, Format
from exports.views.forms import ExportForm

# Messages that a preview is made of, and characters of it that are shown.
MOST = 6
CHARS = 6000
TEXTS = frozenset(["text/markdown", "text/plain", "application/json"])
# What is shown runs nothing and asks for nothing, whatever stands in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


@require_GET
@login_needed
def show_preview(request: PageRequest, session_id: UUID) -> HttpResponse:
    """A piece for the dialog: text, a picture of the first page, or a frame that asks for it."""
    session = access.get_session(request.user, session_id, Role.VIEWER)
    try:
        context = _shown(session, *_asked(request, session), query=request.GET.urlencode())
    except (Refused, CannotWrite) as trouble:
        context = {"trouble": _words_of(trouble)}
    answer = render(request, "exports/_preview.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _shown(session: Session, form: Format, transcript: Transcript, *, query: str) -> dict[str, object]:
    if form.picture:
        picture = b64encode(form.picture(transcript)).decode()
        return {"picture": f"data:image/png;base64,{picture}", "missing": form.lacks(transcript.sample())}
    if form.mime_type.partition(";")[0] in TEXTS:
        text = _written(form, transcript).decode(errors="replace")
        return {"text": text[:CHARS], "is_cut": len(text) > CHARS, "has_columns": form is FORMATS["text"]}
    page = f"{reverse('export-preview-page', args=[session.pk])}?{query}"
    return {"page": page, "is_likeness": form is not FORMATS["html"]}


@require_GET
@xframe_options_sameorigin
@login_needed
def show_page(request: PageRequest, session_id: UUID) -> HttpResponse:
    """The first messages as HTML, which a frame shows."""
    session = access.get_session(request.user, session_id, Role.VIEWER)
    try:
        form, transcript = _asked(request, session)
        if form.picture:
            answer = HttpResponse(form.picture(transcript), content_type="image/png")
        else:
            answer = HttpResponse(
                _written(FORMATS["html"], transcript), content_type="text/html; charset=utf-8"
            )
    except (Refused, CannotWrite) as trouble:
        answer = HttpResponse(_words_of(trouble), status=422, content_type="text/plain; charset=utf-8")
    answer["Content-Security-Policy"] = POLICY
    answer["Cache-Control"] = "private, max-age=60"
    return answer


def _asked(request: PageRequest, session: Session) -> tuple[Format, Transcript]:
    asked = ExportForm(request.GET)
    form = FORMATS.get(asked.check()["format"])
    if form is None:
        raise BadValue(_("Choose a format."), field="format")
    return form, Transcript(session, asked.options_for(session), most=MOST)


def _written(form: Format, transcript: Transcript) -> bytes:
    out = io.BytesIO()
    form.write(transcript, out, not_told)
    return out.getvalue()


def _words_of(trouble: Refused | CannotWrite) -> str:
    return trouble.detail if isinstance(trouble, Refused) else translated(trouble.words)
