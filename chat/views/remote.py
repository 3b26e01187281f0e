"""An image from elsewhere, in a document of its own: no script, no cookie, and nothing but that one host."""

from __future__ import annotations

import re

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from chat.views.door import PageRequest, login_needed

# What a policy may name: no space, comma or semicolon, with which it would say more than a host.
_HOST = r"[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:.]{2,45}\]"
_SOURCE = re.compile(rf"(https?://(?:{_HOST})(?::\d{{1,5}})?)(?=[/?#]|$)", re.IGNORECASE)
URL_LIMIT = 2000


@require_GET
@login_needed
@xframe_options_sameorigin
def show_remote(request: PageRequest) -> HttpResponse:
    """For a frame of ours alone: as a page of its own it would show anybody's picture under our name."""
    url = request.GET.get("url", "")
    source = _SOURCE.match(url)
    is_framed = request.headers.get("Sec-Fetch-Dest", "iframe") == "iframe"
    if not source or len(url) > URL_LIMIT or not is_framed or "//" + request.get_host() in source[1].lower():
        raise Http404
    response = render(request, "chat/remote.html", {"url": url})
    response["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {source[1]}; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    )
    response["Referrer-Policy"] = "no-referrer"
    return response
