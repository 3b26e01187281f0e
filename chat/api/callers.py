"""Who calls: a program with a token, or a browser with its session.

The credentials are read on the event loop; the person is looked up in the same hop to a database
thread as what they ask for, so that a request costs one hop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from ninja.security.base import AuthBase

from chat import access, audit, threads
from chat.http import bearer_token
from chat.http.problems import problem
from chat.http.unthreaded import fails_csrf
from chat.models import ApiToken, User
from chat.services.tokens import note_use

P = ParamSpec("P")
T = TypeVar("T")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Unauthenticated(Exception):
    """No credentials, wrong ones, or those of somebody who is suspended; `reason` says what is wrong."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class ScopeTooSmall(Exception):
    """A token that only reads, where something is to be changed."""


class CsrfFailed(Exception):
    """A browser's session without the token that shows that our own page asked."""


def scope_problem() -> HttpResponse:
    return problem(
        403,
        title="This token only reads",
        code="insufficient-scope",
        detail="Changing something needs a token with the scope “full”.",
        headers={"WWW-Authenticate": 'Bearer realm="Parley", error="insufficient_scope", scope="full"'},
    )


@dataclass
class Caller:
    """The credentials of a request; `user` is known once they were looked up."""

    request: HttpRequest
    digest: str = ""
    user: User | None = None
    token: ApiToken | None = None

    def find(self) -> User:
        """The person, from the database.

        Raises:
            Unauthenticated: there is none to these credentials.
            ScopeTooSmall: theirs do not reach as far as the request's method.
        """
        if self.user is None:
            self.user = self._of_token() if self.digest else self._of_session()
            audit.act_as(self.user, self.token_id)
        return self.user

    @property
    def token_id(self) -> UUID | None:
        """Once it was looked up."""
        return self.token.pk if self.token else None

    def _of_token(self) -> User:
        token = access.find_token(self.digest)
        if token is None:
            raise Unauthenticated("This token is unknown, or it was revoked.")
        if token.has_expired:
            raise Unauthenticated("This token has expired.")
        note_use(token=token)
        if not token.may_write and self.request.method not in SAFE_METHODS:
            raise ScopeTooSmall
        self.token = token
        return token.user

    def _of_session(self) -> User:
        user = get_user(self.request)
        if not isinstance(user, User) or not user.is_active:
            raise Unauthenticated
        return user


class Token(AuthBase):
    """`Authorization: Bearer TOKEN`."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = (
        "A token from the settings page or “manage.py create_token”. One with the scope “read” may only read."
    )

    async def __call__(self, request: HttpRequest) -> Caller | None:
        token = bearer_token(request.META.get("HTTP_AUTHORIZATION", ""))
        return Caller(request, digest=ApiToken.digest_of(token)) if token else None


class BrowserSession(AuthBase):
    """The session of a browser that is logged in; what changes something needs the CSRF token too."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME
    openapi_description = "A browser's session. To change something, send X-CSRFToken as well."

    async def __call__(self, request: HttpRequest) -> Caller | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if request.method not in SAFE_METHODS and await _fails_csrf(request):
            raise CsrfFailed
        return Caller(request)


async def _fails_csrf(request: HttpRequest) -> bool:
    """The check looks into a form for the token, and an upload may be many megabytes to parse."""
    if request.content_type == "multipart/form-data":
        return await threads.read(fails_csrf, request)
    return fails_csrf(request)


AUTH = [Token(), BrowserSession()]


def caller_of(request: HttpRequest) -> Caller:
    caller = request.auth  # type: ignore[attr-defined]
    assert isinstance(caller, Caller)
    return caller


async def reading(
    request: HttpRequest, function: Callable[Concatenate[User, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """`function(user, …)` in a thread that reads."""
    return await threads.read(_as_user, caller_of(request), function, *args, **kwargs)


async def writing(
    request: HttpRequest, function: Callable[Concatenate[User, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """`function(user, …)` in a thread that writes."""
    return await threads.write(_as_user, caller_of(request), function, *args, **kwargs)


async def writing_long(
    request: HttpRequest, function: Callable[Concatenate[User, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """`function(user, …)` in a thread for what takes long, and makes many transactions."""
    return await threads.write_long(_as_user, caller_of(request), function, *args, **kwargs)


def _as_user(caller: Caller, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return function(caller.find(), *args, **kwargs)
