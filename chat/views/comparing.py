"""Two conversations beside each other, and two alternatives of one message."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from chat import access, kinship
from chat.comparing import Place, compare, pair_of
from chat.models import Message, Role
from chat.snapshot import views_of
from chat.starts import start_of, starting
from chat.views.door import PageRequest, login_needed, role_here
from chat.views.kin import Choice, ask_other
from chat.views.panes import answer_pane

# Common messages that are listed at a time.
MOST = 50
MAX_INT = 2**31 - 1


@require_GET
@login_needed
def choose_comparison(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.VIEWER)
    words = _("What both have is folded, and what differs is marked.")
    return ask_other(request, session, Choice(_("Compare with"), words, "choose-comparison", "git-compare"))


@require_GET
@gzip_page
@login_needed
def show_comparison(request: PageRequest, session_id: UUID, other_id: UUID) -> HttpResponse:
    left = access.get_session(request.user, session_id, Role.VIEWER)
    right = access.get_session(request.user, other_id, Role.VIEWER)
    place = Place(_number(request, "left", -1), _number(request, "right", -1), _number(request, "seen", 0))
    context = {"compared": compare(left, right, place), "left": left, "right": right}
    if request.htmx and request.htmx.target == "compare-more":
        return render(request, "tree/_compared.html", context)
    context["can_merge"] = role_here(request, left).can_write and left != right
    title = _("Compare")
    return answer_pane(request, "tree/compare.html", "tree/_compare_pane.html", context, title=title)


@require_GET
@login_needed
def show_common(request: PageRequest, session_id: UUID, other_id: UUID) -> HttpResponse:
    """The common messages from `?first=` to `?last=`, counted from 1: how each begins."""
    left = access.get_session(request.user, session_id, Role.VIEWER)
    right = access.get_session(request.user, other_id, Role.VIEWER)
    first, last = _number(request, "first", 1), _number(request, "last", MAX_INT)
    keys = kinship.common_between(left, right, first, last, limit=MOST)
    rows = starting(Message.objects.filter(pk__in=keys)).order_by("depth")
    context = {"left": left, "right": right, "rows": [(row, start_of(row)) for row in rows], "last": last}
    context["next"] = first + MOST if len(keys) == MOST and first + MOST <= last else None
    return render(request, "tree/_common.html" if request.htmx else "tree/common.html", context)


@require_GET
@login_needed
def compare_messages(request: PageRequest, message_id: UUID, sibling_id: UUID) -> HttpResponse:
    """Two alternatives, the words in which they differ marked."""
    message = access.get_message(request.user, message_id, Role.MODERATOR)
    other = access.get_message(request.user, sibling_id, Role.MODERATOR)
    if (message.session_id, message.parent_id) != (other.session_id, other.parent_id):
        raise Http404
    views = {view.message.pk: view for view in views_of([message, other])}
    context = {"message": message, "pair": pair_of(views[message.pk], views[other.pk])}
    return render(request, "tree/_versions.html" if request.htmx else "tree/versions.html", context)


def _number(request: PageRequest, name: str, default: int) -> int:
    """A number out of the address; what is none is as if it were missing."""
    given = request.GET.get(name, "")
    is_number = given.isascii() and given.removeprefix("-").isdecimal() and len(given) < 10
    return int(given) if is_number else default
