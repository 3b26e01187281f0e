"""What every page asks first and answers with: who is there, and what a refusal looks like."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget
from django_htmx.middleware import HtmxDetails

from chat import access
from chat.access import GONE
from chat.errors import NotAllowed, Refused
from chat.http import speak_to
from chat.models import Role, Session, User
from chat.services import accounts

P = ParamSpec("P")


class PageRequest(HttpRequest):
    """A request of somebody who is logged in."""

    htmx: HtmxDetails
    user: User


View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def login_needed(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sends a stranger to the login, or to the setup while there is no account at all."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            speak_to(request.user.liking, request.COOKIES)
            try:
                return view(request, *args, **kwargs)  # type: ignore[arg-type]
            except GONE as error:
                raise Http404 from error
            except NotAllowed as refused:
                return _not_allowed(request, refused)
        is_htmx = request.headers.get("HX-Request") == "true"
        if not accounts.has_accounts():
            return redirect("setup")
        if is_htmx:
            return HttpResponseClientRedirect(f"{reverse('login')}?{urlencode({'next': _page_of(request)})}")
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")

    return guarded


def posted_from(page: str) -> Callable[[View[P]], View[P]]:
    """For a view that only takes a form, and where that is refused shows the page that it is on.

    Whoever loads that page again, or kept its address, finds the page itself.
    """

    def decorated(view: View[P]) -> View[P]:
        @wraps(view)
        def asked(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method in ("GET", "HEAD"):
                return redirect(page)
            if request.method != "POST":
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return view(request, *args, **kwargs)

        return asked

    return decorated


def _not_allowed(request: HttpRequest, refused: NotAllowed) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return refusal(request, refused, slot="#composer-error")
    return render(request, "403.html", {"words": refused.detail}, status=refused.status)


def role_here(request: PageRequest, session: Session) -> Role:
    """What the person is to a conversation that `access` has let them to."""
    return access.role_of(request.user, session) or Role.VIEWER


def frames(*pieces: str) -> HttpResponse:
    """The answer to a form or button marked `data-frames`."""
    return HttpResponse(SafeString("").join(pieces))


def refusal(request: HttpRequest, refused: Refused, *, slot: str) -> HttpResponse:
    """The refusal in words, shown in the page's `slot`; what the person typed stays where it is."""
    answer = render(request, "chat/_refusal.html", {"refused": refused}, status=refused.status)
    answer["X-Refused"] = refused.code
    return reswap(retarget(answer, slot), "innerHTML")


def back_to(name: str, *args: object) -> HttpResponse:
    return redirect(reverse(name, args=args))


def _page_of(request: HttpRequest) -> str:
    """Where the person is, when what they asked for is no page of its own."""
    return str(request.htmx.current_url_abs_path or "/")  # type: ignore[attr-defined]
