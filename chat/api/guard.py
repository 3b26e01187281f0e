"""Round every operation: before it what it is asked with, and afterwards the caller, if nobody looked yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja.operation import Operation

from chat import threads
from chat.api.bodies import invalid, unknown_errors
from chat.api.callers import Caller, ScopeTooSmall, Unauthenticated, scope_problem
from chat.http.problems import problem, unauthenticated
from chat.services.rate_limits import Standing, counted

Run = Callable[..., Awaitable[HttpResponseBase]]


def guarded(run: Run) -> Run:
    """An operation that refuses other bodies than JSON and unknown filters, and tells a stranger only 401.

    A person is looked up together with what they ask for, so a request that fails before that, by
    what is in it, has not been authenticated yet.
    """
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    takes_json = any(model.__ninja_param_source__ == "body" for model in operation.models)
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    known = {name for model in queries for name in model.__ninja_flatten_map__}

    @wraps(run)
    async def guarded_run(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        refusal = _refusal(request, known, takes_json=takes_json)
        if refusal is None:
            with counted() as standings:
                answer = _limited(await run(request, **kwargs), standings)
        else:
            answer = await _after_authentication(run, request, refusal)
        if answer.status_code >= 400:
            return await _turned_away(request) or answer
        return answer

    return guarded_run


def _refusal(request: HttpRequest, known: set[str], *, takes_json: bool) -> HttpResponse | None:
    if takes_json and not _is_json(request):
        return problem(415, detail="Send the body as JSON, with “Content-Type: application/json”.")
    unknown = request.GET.keys() - known
    return invalid(unknown_errors(unknown)) if unknown else None


def _limited(answer: HttpResponseBase, standings: list[Standing]) -> HttpResponseBase:
    """With how one stands who was counted, as draft-ietf-httpapi-ratelimit-headers has it."""
    for standing in standings[-1:]:
        limit = standing.limit
        answer["RateLimit-Policy"] = f'"messages";q={limit.count};w={limit.period // 1000}'
        answer["RateLimit"] = f'"messages";r={standing.left};t={standing.seconds}'
    return answer


async def _after_authentication(run: Run, request: HttpRequest, refusal: HttpResponse) -> HttpResponseBase:
    operation: Any = run.__self__  # type: ignore[attr-defined]
    return await operation._run_checks(request) or refusal


def _is_json(request: HttpRequest) -> bool:
    """A body without a type is taken for what it should be."""
    content_type = request.content_type or ""
    return content_type in ("", "application/json") or not _has_body(request)


def _has_body(request: HttpRequest) -> bool:
    return (
        request.META.get("CONTENT_LENGTH", "0") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in request.META
    )


async def _turned_away(request: HttpRequest) -> HttpResponse | None:
    """What they are told who may not ask at all; None to all others."""
    caller = getattr(request, "auth", None)
    if not isinstance(caller, Caller) or caller.user is not None:
        return None
    try:
        await threads.read(caller.find)
    except Unauthenticated as stranger:
        return unauthenticated(stranger.reason)
    except ScopeTooSmall:
        return scope_problem()
    return None
