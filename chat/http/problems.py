"""Every error under /api/ as `application/problem+json` (RFC 9457), whoever made it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from chat.errors import Refused, TooMany
from chat.http.empty import no_content

MEDIA_TYPE = "application/problem+json"
DETAILS = {
    400: "The request could not be read.",
    401: "Send a token as “Authorization: Bearer …”, or log in.",
    403: "The CSRF check failed: send the token of the csrftoken cookie as “X-CSRFToken”.",
    404: "There is nothing here, or it is not yours to see.",
    405: "This address does not take that method.",
    413: "The request is larger than this server takes.",
    416: "The file ends before the part that is asked for.",
    500: "Something went wrong here. It is in the server's log under this request's id.",
}

# Django hands in a sync or an async one, and takes the like.
Handler = Callable[[HttpRequest], Any]
Errors = Mapping[str, Sequence[str]]


def problem(
    status: int,
    *,
    detail: str = "",
    title: str = "",
    code: str = "",
    errors: Errors | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem; `code` becomes its type, else the status says all there is to say."""
    body: dict[str, object] = {
        "type": f"/api/problems/{code}" if code else "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or DETAILS.get(status, ""),
    }
    if errors:
        body["errors"] = errors
    answer = HttpResponse(json.dumps(body), status=status, content_type=MEDIA_TYPE, headers=headers)
    answer["Cache-Control"] = "no-store"
    return answer


def refused_problem(refused: Refused) -> HttpResponse:
    """The problem that a refusal is; 429 says when to come back."""
    headers = {}
    if isinstance(refused, TooMany):
        headers["Retry-After"] = str(max(1, math.ceil(refused.retry_after)))
    return problem(
        refused.status,
        title=str(refused.title),
        detail=refused.detail,
        code=refused.code,
        errors={refused.field: [refused.detail]} if refused.field else None,
        headers=headers,
    )


def unauthenticated(reason: str = "") -> HttpResponse:
    """401; `reason` is what is wrong with the token that was sent (RFC 6750)."""
    said = f', error="invalid_token", error_description="{reason}"' if reason else ""
    return problem(401, detail=reason, headers={"WWW-Authenticate": f'Bearer realm="Parley"{said}'})


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


@sync_and_async_middleware
def ProblemMiddleware(get_response: Handler) -> Handler:
    """Turns what Django and the framework answer under /api/ into problems; gives HEAD and OPTIONS.

    Exceptions do not come this far: Django makes responses of them, and logs them, on the way.
    """
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            is_head = is_api(request) and _as_get(request)
            answer: HttpResponseBase = await get_response(request)
            return _finish(request, answer, is_head=is_head) if is_api(request) else answer

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        is_head = is_api(request) and _as_get(request)
        answer: HttpResponseBase = get_response(request)
        return _finish(request, answer, is_head=is_head) if is_api(request) else answer

    return handle


def _as_get(request: HttpRequest) -> bool:
    """HEAD is answered as GET is, without the body."""
    if request.method != "HEAD":
        return False
    request.method = request.META["REQUEST_METHOD"] = "GET"
    request.META["parley.is_head"] = True  # so that nothing is counted as given
    return True


def _finish(request: HttpRequest, answer: HttpResponseBase, *, is_head: bool) -> HttpResponseBase:
    if is_head:
        request.method = request.META["REQUEST_METHOD"] = "HEAD"
    if answer.status_code == 405:
        answer = _wrong_method(request, answer)
    elif answer.status_code >= 400 and answer.get("Content-Type") != MEDIA_TYPE:
        answer = problem(answer.status_code)
    return _without_body(answer) if is_head else answer


def _wrong_method(request: HttpRequest, answer: HttpResponseBase) -> HttpResponse:
    methods = {name.strip() for name in answer.get("Allow", "").split(",") if name.strip()}
    allow = ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
    if request.method == "OPTIONS":
        return no_content({"Allow": allow})
    return problem(405, headers={"Allow": allow})


def _without_body(answer: HttpResponseBase) -> HttpResponse:
    """The same headers over nothing. A stream is dropped unread: it may never end."""
    headers = dict(answer.items())
    if isinstance(answer, HttpResponse) and answer.status_code not in (204, 304):
        headers.setdefault("Content-Length", str(len(answer.content)))
    empty = HttpResponse(status=answer.status_code, headers=headers)
    if "Content-Type" not in headers:
        del empty["Content-Type"]
    empty.cookies = answer.cookies
    answer.close()
    return empty
