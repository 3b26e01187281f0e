"""An answer with nothing in it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse


def no_content(headers: Mapping[str, str] | None = None) -> HttpResponse:
    """204, without the content type that Django gives even to nothing."""
    answer = HttpResponse(status=204, headers=headers)
    del answer["Content-Type"]
    return answer


def not_modified(answer: HttpResponse) -> HttpResponse:
    """304 in place of an answer that the client has; its headers, less those of a body."""
    headers = {name: value for name, value in answer.items() if not name.startswith("Content-")}
    empty = HttpResponse(status=304, headers=headers)
    del empty["Content-Type"]
    return empty
