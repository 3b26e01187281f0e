"""What goes out: JSON as `wire` made it, and event streams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from chat.events import encode

EVENT_STREAM = "text/event-stream"


def json_answer(data: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(
        encode(data), status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def wants_stream(request: HttpRequest) -> bool:
    """Whether the client names event streams; Django leaves out what it says that it does not take (q=0)."""
    named = {f"{kind.main_type}/{kind.sub_type}".lower() for kind in request.accepted_types}
    return EVENT_STREAM in named


def event_stream(events: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """The events as they come; nothing between here and the client may keep them back."""
    return StreamingHttpResponse(
        events,
        content_type=EVENT_STREAM,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
