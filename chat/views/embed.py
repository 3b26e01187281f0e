"""A conversation in somebody else's page: read there, without an account, and followed as it goes on."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from chat import fragments
from chat.access import Embedded, Expired, open_embedded
from chat.models import Message, Session
from chat.snapshot import MessageView, views_of
from chat.steps import Passage, passages_of

PAGE = 25
# Messages that are read anew while the page is open, from the first one that it showed on.
MOST = 200
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {}"
)


@require_safe
@xframe_options_exempt
@gzip_page
def show_embedded(request: HttpRequest, token: str) -> HttpResponse:
    """The newest messages; `?before=` those before one, `?from=` all from one on."""
    try:
        embedded = open_embedded(token)
    except Expired as expired:
        return _framed(render(request, "embed/expired.html", status=410), expired.parents)
    tag = f'"{embedded.session.last_event_id}-{request.GET.urlencode()}"'
    # The tag of what was sent compressed is a weak one. A whole page names files of this version of ours.
    is_known = request.headers.get("If-None-Match", "").removeprefix("W/") == tag
    if is_known and "from" in request.GET:
        return _framed(HttpResponseNotModified(), embedded.parents)
    answer = render(request, "embed/page.html", _page(request, embedded, token))
    answer["ETag"] = tag
    return _framed(answer, embedded.parents)


def _page(request: HttpRequest, embedded: Embedded, token: str) -> dict[str, object]:
    session = embedded.session
    before, start = (_named(session, request.GET.get(name, "")) for name in ("before", "from"))
    shown = Message.objects.live().on_path(session).filter(visibility=Message.Visibility.SHOWN)
    if before:
        shown = shown.filter(depth__lt=before.depth)
    if start:
        rows = list(shown.filter(depth__gte=start.depth).order_by("depth")[:MOST])
        has_older = False  # the page that reads on has the way back already
    else:
        newest = list(shown.order_by("-depth")[: PAGE + 1])
        rows, has_older = newest[:PAGE][::-1], len(newest) > PAGE
    views = views_of(rows)
    return {
        "session": session,
        "token": token,
        "messages": [(view, *_told(view)) for view in views],
        "first": rows[0].pk if rows else None,
        "has_older": has_older,
        "is_earlier": before is not None,
        "is_running": any(view.message.is_running for view in views),
    }


def _told(view: MessageView) -> tuple[SafeString, Passage]:
    """Its text with what tools did; what a model thinks is for those who talk with it."""
    asking = fragments.Asking()
    first, *_others = passages_of(view, with_thoughts=False)
    return fragments.told_body(view, asking, with_thoughts=False), first


def _named(session: Session, key: str) -> Message | None:
    """The message of this conversation that the address names.

    Raises:
        Http404: there is none.
    """
    if not key:
        return None
    try:
        return Message.objects.get(session=session, pk=UUID(key))
    except (ValueError, Message.DoesNotExist) as error:
        raise Http404 from error


def _framed(answer: HttpResponse, parents: tuple[str, ...]) -> HttpResponse:
    """For the frames of those pages alone, and for no index."""
    answer["Content-Security-Policy"] = POLICY.format(" ".join(parents) or "'none'")
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
