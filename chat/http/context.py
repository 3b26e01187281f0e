"""One id for each request, in its log lines and its answer; one access line, without body or token."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from chat import audit
from chat.metrics import REQUESTS

log = structlog.get_logger("parley.access")

# An id that a proxy sent is kept, so that its log and ours can be joined; nothing else of it is.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

# Django hands in a sync or an async one, and takes the like.
Handler = Callable[[HttpRequest], Any]


@sync_and_async_middleware
def RequestContextMiddleware(get_response: Handler) -> Handler:
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            started = _begin(request)
            return _end(request, await get_response(request), started)

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        started = _begin(request)
        return _end(request, get_response(request), started)

    return handle


def _begin(request: HttpRequest) -> float:
    sent = request.META.get("HTTP_X_REQUEST_ID", "")
    request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    request.META["parley.request_id"] = request_id
    address = request.META.get("REMOTE_ADDR", "")
    audit.begin(_way(request.path), request=request, request_id=request_id, address=address)
    return time.perf_counter()


def _way(path: str) -> str:
    first = path.split("/", 2)[1]
    return first if first in ("api", "admin") else "page"


def _end(request: HttpRequest, response: HttpResponseBase, started: float) -> HttpResponseBase:
    audit.end()
    response["X-Request-ID"] = request.META["parley.request_id"]
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(method, response.status_code).inc()
    # The path alone: a query string may hold what a person searched for.
    log.info(
        "request",
        method=method,
        path=request.path,
        status=response.status_code,
        ms=round((time.perf_counter() - started) * 1000, 1),
        is_stream=response.streaming,
    )
    return response


# A method is the client's word: counted as it came, it could fill the memory with labels.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
