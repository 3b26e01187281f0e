"""Django's middlewares, run on the event loop where they wait for nothing.

Django takes a thread for each step of each of them: 1.8 ms a request in all. Those here read headers
and settings, and only a changed session or a stored notice touches the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from csp.middleware import CSPMiddleware as _Csp
from django.contrib.auth.middleware import AuthenticationMiddleware as _Authentication
from django.contrib.messages.middleware import MessageMiddleware as _Messages
from django.contrib.sessions.middleware import SessionMiddleware as _Session
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware as _Clickjacking
from django.middleware.common import CommonMiddleware as _Common
from django.middleware.csrf import CsrfViewMiddleware as _Csrf
from django.middleware.security import SecurityMiddleware as _Security
from django.utils.deprecation import MiddlewareMixin


class Unthreaded(MiddlewareMixin):
    """Runs the two steps of a middleware on the loop, and in a thread what says that it waits."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        before: Callable[..., Any] | None = getattr(self, "process_request", None)
        after: Callable[..., Any] | None = getattr(self, "process_response", None)
        response: HttpResponseBase | None = before(request) if before else None
        if response is None:
            response = await self.get_response(request)  # type: ignore[misc]
        if after is None:
            return response
        if self.waits(request):
            after = sync_to_async(after)
            return await after(request, response)  # type: ignore[no-any-return]
        return after(request, response)  # type: ignore[no-any-return]

    def waits(self, _request: HttpRequest) -> bool:
        """Whether what is left to do after the view reads or writes something."""
        return False


class SecurityMiddleware(Unthreaded, _Security):
    pass


class CSPMiddleware(Unthreaded, _Csp):
    pass


class PermissionsMiddleware(Unthreaded):
    """What no page of ours asks for, none may have: also not one into which somebody brought a script."""

    HEADERS = {
        "Permissions-Policy": ", ".join(
            f"{feature}=()"
            for feature in (
                "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
                "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer",
                "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
            )
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip

    def process_response(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        for name, value in self.HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class CommonMiddleware(Unthreaded, _Common):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        answer: HttpResponseBase = super().process_response(request, response)
        if answer.status_code in (204, 304):  # which have no length, not even none (RFC 9110, 8.6)
            del answer["Content-Length"]
        return answer


class AuthenticationMiddleware(Unthreaded, _Authentication):
    pass


class XFrameOptionsMiddleware(Unthreaded, _Clickjacking):
    pass


class SessionMiddleware(Unthreaded, _Session):
    def waits(self, request: HttpRequest) -> bool:
        return request.session.modified


class MessageMiddleware(Unthreaded, _Messages):
    def waits(self, request: HttpRequest) -> bool:
        storage = getattr(request, "_messages", None)
        return storage is not None and (storage.used or storage.added_new)


class CsrfCheck(_Csrf):
    """Only says why. The page that Django would draw reads who is there, and that waits for the database."""

    def _reject(self, _request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponseForbidden(reason)


def fails_csrf(request: HttpRequest) -> bool:
    """Whether a request that Django did not check lacks the token that shows that our own page asked."""
    check = CsrfCheck(_no_view)
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    return check.process_view(request, _no_view, (), {}) is not None


def _no_view(_request: HttpRequest) -> HttpResponse:
    return HttpResponseForbidden()


class CsrfViewMiddleware(Unthreaded, CsrfCheck):
    async def process_view(  # type: ignore[override]
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        check = super().process_view
        # It looks for the token in the form, and a form with files may be many megabytes to parse.
        if request.method == "POST" and request.content_type == "multipart/form-data":
            answer = await sync_to_async(check)(request, callback, callback_args, callback_kwargs)
        else:
            answer = check(request, callback, callback_args, callback_kwargs)
        if answer is None:
            return None
        draw: Callable[..., HttpResponseBase] = super(CsrfCheck, self)._reject  # type: ignore[misc]
        return await sync_to_async(draw)(request, answer.content.decode())
