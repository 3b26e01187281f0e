"""A pane within its page, or alone when the page is there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from chat.errors import Refused
from chat.views.door import PageRequest
from chat.views.places import places
from chat.views.sidebar import sidebar

ZERO_ID = UUID(int=0)


def answer_pane(
    request: PageRequest,
    page_template: str,
    pane_template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    current: UUID | None = None,
) -> HttpResponse:
    refused = context.get("refused")
    status = refused.status if isinstance(refused, Refused) else 200
    if request.htmx and request.htmx.target == "pane":
        answer = render(
            request, "chat/pane.html", {**context, "title": title, "pane_template": pane_template}
        )
    else:
        around = {"sidebar": sidebar(request.user, current=current), "places": places(request.path)}
        whole = {**context, **around, "zero_id": ZERO_ID}
        answer = render(request, page_template, whole, status=status)
    patch_vary_headers(answer, ["HX-Request", "HX-Target"])
    answer["Cache-Control"] = "no-store"
    return answer
