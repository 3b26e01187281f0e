"""Files on their way into a message: kept at once, shown as chips in the composer, taken off again."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat import access, fragments
from chat.errors import BadValue, Refused
from chat.http import no_content
from chat.http.files import file_answer
from chat.services.attachments import add_attachment, drop_attachment
from chat.views.chips import chips, piece_of, states_of
from chat.views.door import PageRequest, login_needed
from chat.views.message_panels import panel

# What an <img> may load. SVG is not among them: it is a document, and can hold script.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"})
MONTH = 30 * 24 * 3600


@require_POST
@login_needed
def attach(request: PageRequest) -> HttpResponse:
    """The chip of the file; of one that is not taken, the reason in plain words for its place in the row."""
    file = request.FILES.get("file")
    try:
        if file is None:
            raise BadValue(_("Choose a file first."), field="file")
        attachment = add_attachment(owner=request.user, file=file)
    except Refused as refused:
        return HttpResponse(refused.detail, status=refused.status, content_type="text/plain; charset=utf-8")
    [chip] = chips([attachment], user=request.user, models=models_in(request.POST))
    return HttpResponse(chip, status=201)


def models_in(values: QueryDict) -> list[str]:
    """The choices of the composer that a file is for: those that are asked at once, or the one."""
    return values.getlist("models") or [values.get("model", "")]


@require_safe
@login_needed
def show_state(request: PageRequest, attachment_id: UUID) -> HttpResponse:
    """What is known of a file by now, and whether the model that is chosen in the composer can take it."""
    attachment = access.get_own_attachment(request.user, attachment_id)
    [state] = states_of([attachment], user=request.user, models=models_in(request.GET))
    return HttpResponse(fragments.file_state(attachment, state))


@require_safe
@login_needed
def show_text(request: PageRequest, attachment_id: UUID) -> HttpResponse:
    """What models read of a file; `?from=` is where a further piece begins, in characters."""
    attachment = access.get_attachment(request.user, attachment_id)
    start = request.GET.get("from", "")
    is_number = start.isascii() and start.isdecimal() and len(start) < 9
    piece = piece_of(attachment, int(start) if is_number else 0)
    if piece is None:
        raise Http404
    template = "chat/_extract_piece.html" if start and request.htmx else panel(request, "extract")
    return render(request, template, {"file": attachment, "piece": piece})


@require_POST
@login_needed
def detach(request: PageRequest, attachment_id: UUID) -> HttpResponse:
    """A file that was sent with a message meanwhile stays with it."""
    drop_attachment(attachment=access.get_own_attachment(request.user, attachment_id))
    return no_content()


@require_safe
@login_needed
def show_picture(request: PageRequest, attachment_id: UUID) -> HttpResponseBase:
    """A picture as such. The name never changes what it holds, so a browser may keep it."""
    attachment = access.get_attachment(request.user, attachment_id)
    stored = attachment.file
    if attachment.kind != attachment.Kind.IMAGE or not stored.storage.exists(stored.name or ""):
        raise Http404
    return file_answer(
        request,
        stored,
        name=attachment.name,
        size=attachment.size,
        mime_type=attachment.mime_type,
        is_inline=attachment.mime_type in PICTURES,
        max_age=MONTH,
    )
