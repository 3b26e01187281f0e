"""In which language and time zone one is spoken to: as one prefers, else as one's browser says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware as _Locale
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from chat.actions import Shortcut, shortcuts_of
from chat.http.problems import is_api
from chat.http.unthreaded import Unthreaded
from chat.models import Preferences, User

ZONE_COOKIE = "parley_zone"


class LocaleMiddleware(Unthreaded, _Locale):
    """What the browser says: its languages, and the zone of its cookie. It asks no database.

    Programs are always spoken to in English: they compare words.
    """

    def process_request(self, request: HttpRequest) -> None:
        if is_api(request):
            translation.activate(settings.LANGUAGE_CODE)
            return
        super().process_request(request)
        _activate_zone(request.COOKIES.get(ZONE_COOKIE, ""))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if is_api(request) else super().process_response(request, response)


def speak_to(liking: Preferences, cookies: Mapping[str, str]) -> None:
    """What the person prefers, once it is known who it is."""
    if liking.language in dict(settings.LANGUAGES):
        translation.activate(liking.language)
    _activate_zone(liking.time_zone or cookies.get(ZONE_COOKIE, ""))


def preferences(request: HttpRequest) -> dict[str, object]:
    """For every page: the person's preferences, or what holds for a stranger."""
    liking = SimpleLazyObject(lambda: _preferences_of(request))
    return {"preferences": liking, "shortcuts": SimpleLazyObject(lambda: _shortcuts_of(liking))}


def _preferences_of(request: HttpRequest) -> Preferences:
    user = getattr(request, "user", None)
    return user.liking if isinstance(user, User) else Preferences()


def _shortcuts_of(liking: Any) -> list[Shortcut]:
    return shortcuts_of(liking.shortcuts, single_keys=liking.single_keys)


def _activate_zone(name: str) -> None:
    """UTC where nobody named a zone, or nonsense."""
    try:
        timezone.activate(ZoneInfo(unquote(name) or "UTC"))
    except (ValueError, OSError, KeyError):
        timezone.activate(ZoneInfo("UTC"))
