"""What Django could not read before any view saw it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chat.errors import TooLong
from chat.text import number
from chat.views.door import refusal


class FormTooLarge(TooLong):
    status = 413


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page, or beside the composer the words for one who writes in it."""
    if not isinstance(exception, RequestDataTooBig):
        return render(request, "400.html", status=400)
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
    refused = FormTooLarge(
        _("This server takes up to %(size)s KB of text at once.") % {"size": number(limit)}
    )
    if request.headers.get("HX-Request") == "true":
        return refusal(request, refused, slot="#composer-error")
    return render(request, "413.html", {"refused": refused}, status=refused.status)
