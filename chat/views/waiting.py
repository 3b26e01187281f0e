"""Pages that wait for somebody else's server: on the event loop, so that no thread waits along.

Who leaves the page, or stops it, ends the waiting, and so the request to that server.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chat import access, threads
from chat.views.door import PageRequest, login_needed

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Wait:
    """What is to be awaited, and what the page then makes of it."""

    of: Callable[[], Awaitable[Any]]
    then: Callable[[Any], HttpResponseBase]


def login_needed_then_waits(
    view: Callable[Concatenate[PageRequest, P], HttpResponseBase | Wait],
) -> Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponseBase]]:
    """Of a view that answers, or tells what to wait for. Each of its two steps is a short one in a thread."""

    @wraps(view)
    async def waiting(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        waits: list[Wait] = []

        def begin(asked: PageRequest) -> Any:
            answer = view(asked, *args, **kwargs)
            if isinstance(answer, Wait):
                waits.append(answer)
            return answer

        answer = await threads.write(login_needed(begin), request)
        if not waits:
            return answer
        [wait] = waits
        found = await wait.of()
        return await threads.write(_end, request, lambda _asked: wait.then(found))

    return waiting


def _end(request: HttpRequest, then: Callable[[PageRequest], HttpResponseBase]) -> HttpResponseBase:
    """For whoever they are by now: they may have been suspended, or be no administrator any more."""
    request.user = access.active_user(request.user.pk) or AnonymousUser()
    return login_needed(then)(request)
