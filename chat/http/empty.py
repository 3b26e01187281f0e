"""An answer with nothing in it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse


def no_content(headers: Mapping[str, str] | None = None) -> HttpResponse:
    """204, without the content type that Django gives even to nothing."""
    answer = HttpResponse(status=204, headers=headers)
    del answer["Content-Type"]
    return answer
