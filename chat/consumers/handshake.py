"""Who opens a socket, and from where: settled before it is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils import translation

from chat import access, audit
from chat.http import bearer_token, speak_to
from chat.models import ApiToken, User
from chat.services.tokens import note_use


def header(scope: dict[str, Any], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


@dataclass(frozen=True)
class Visitor:
    """Who opens a socket, and with which token if it is a program."""

    user: User
    token: ApiToken | None = None

    @property
    def token_id(self) -> UUID | None:
        return self.token.pk if self.token else None

    @property
    def may_write(self) -> bool:
        return self.token is None or self.token.may_write


def visitor_of(scope: dict[str, Any]) -> Visitor | None:
    """The active person behind the token or the browser's session; None for anybody else."""
    if secret := bearer_token(header(scope, b"authorization")):
        token = access.find_token(ApiToken.digest_of(secret))
        if token is None or token.has_expired:
            return None
        note_use(token=token)
        return _known(Visitor(token.user, token))
    user = _person_of_cookie(header(scope, b"cookie"))
    return _known(Visitor(user)) if user is not None and user.is_active else None


def _known(visitor: Visitor) -> Visitor:
    audit.act_as(visitor.user, visitor.token_id)
    return visitor


def begin_audit(scope: dict[str, Any]) -> None:
    """Whatever is noted in the audit log from here on came by this socket."""
    address, _port = scope.get("client") or ("", 0)
    audit.begin("socket", address=address)


def _person_of_cookie(cookies: str) -> User | None:
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if key is None:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = auth.get_user(cast(HttpRequest, SimpleNamespace(session=store)))
    return user if isinstance(user, User) else None


def speak_as_the_page(scope: dict[str, Any], user: User) -> None:
    """What this socket sends is in the language and zone of the page that opened it."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = header(scope, b"accept-language")
    request.COOKIES = parse_cookie(header(scope, b"cookie"))
    translation.activate(translation.get_language_from_request(request))
    speak_to(user.liking, request.COOKIES)


def is_origin_allowed(scope: dict[str, Any]) -> bool:
    """A page of ours, or a program with a token, which sends no origin."""
    origin = header(scope, b"origin")
    if not origin:
        return bool(bearer_token(header(scope, b"authorization")))
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    domain, _port = split_domain_port(parts.netloc)
    return parts.netloc == header(scope, b"host") and validate_host(domain, settings.ALLOWED_HOSTS)
