"""The trash: what was deleted, to be brought back or removed for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.db.models import Count, Max, QuerySet
from django.db.models.functions import Left
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from chat import fragments
from chat.errors import Refused
from chat.models import Session
from chat.services import messages, projects, sessions, trash
from chat.views.door import PageRequest, login_needed
from chat.views.panes import answer_pane

PAGE = 50
START_CHARS = 240


@require_GET
@login_needed
def list_sessions(request: PageRequest) -> HttpResponse:
    return _show_sessions(request)


@require_GET
@login_needed
def list_messages(request: PageRequest) -> HttpResponse:
    """Those that were deleted by themselves, and above them what clearings took away."""
    return _show_messages(request)


@require_GET
@login_needed
def list_projects(request: PageRequest) -> HttpResponse:
    return _show_projects(request)


@require_POST
@login_needed
def change(request: PageRequest) -> HttpResponse:
    """Bring one thing back, or remove it for good."""
    kind, is_purge = request.POST.get("kind", ""), request.POST.get("action") == "purge"
    if kind not in CHANGES:
        raise Http404
    change_one, show, page = CHANGES[kind]
    try:
        change_one(request, _id(request), is_purge)
        words = _("Removed for good.") if is_purge else _("Brought back.")
    except Refused as refused:
        words = refused.detail
    return _back(request, show, page, words)


@require_POST
@login_needed
def empty(request: PageRequest) -> HttpResponse:
    """Remove for good all that is in the person's own trash."""
    count = trash.purge_sessions(list(trash.deleted_sessions(request.user)))
    count += trash.purge_messages(messages=trash.deleted_messages(request.user))
    words = ngettext("%d thing removed for good.", "%d things removed for good.", count) % count
    return _back(request, _show_sessions, "trash", words)


def _show_sessions(request: PageRequest, told: str = "") -> HttpResponse:
    return _answer(request, "trash", trash.deleted_sessions(request.user), told)


def _show_messages(request: PageRequest, told: str = "") -> HttpResponse:
    found = trash.deleted_messages(request.user)
    cleared = (
        found.filter(clearing_id__isnull=False)
        .values("clearing_id", "session", "session__name")
        .annotate(count=Count("pk"), deleted_at=Max("deleted_at"))
        .order_by("-deleted_at")[:PAGE]
    )
    single = found.filter(clearing_id=None).select_related("session")
    rows = single.annotate(start=Left("content", START_CHARS)).defer("content", "html", "parts")
    return _answer(request, "trash-messages", rows, told, clearings=list(cleared))


def _show_projects(request: PageRequest, told: str = "") -> HttpResponse:
    return _answer(request, "trash-projects", trash.deleted_projects(request.user), told)


def _change_session(request: PageRequest, key: UUID, is_purge: bool) -> None:  # noqa: FBT001
    session = get_object_or_404(trash.deleted_sessions(request.user), pk=key)
    (trash.purge_session if is_purge else sessions.restore_session)(session=session)


def _change_message(request: PageRequest, key: UUID, is_purge: bool) -> None:  # noqa: FBT001
    found = trash.deleted_messages(request.user).filter(pk=key)
    message = get_object_or_404(found.select_related("session"))
    if is_purge:
        trash.purge_messages(messages=found)
    else:
        messages.restore_message(message=message)


def _change_clearing(request: PageRequest, key: UUID, is_purge: bool) -> None:  # noqa: FBT001
    found = trash.deleted_messages(request.user).filter(clearing_id=key)
    if is_purge:
        trash.purge_messages(messages=found)
    else:
        session = get_object_or_404(Session, pk__in=found.values("session")[:1])
        trash.restore_clearing(session=session, clearing_id=key)


def _change_project(request: PageRequest, key: UUID, is_purge: bool) -> None:  # noqa: FBT001
    project = get_object_or_404(trash.deleted_projects(request.user), pk=key)
    (trash.purge_project if is_purge else projects.restore_project)(project=project)


Change = Callable[[PageRequest, UUID, bool], None]
Show = Callable[[PageRequest, str], HttpResponse]
CHANGES: dict[str, tuple[Change, Show, str]] = {
    "session": (_change_session, _show_sessions, "trash"),
    "message": (_change_message, _show_messages, "trash-messages"),
    "clearing": (_change_clearing, _show_messages, "trash-messages"),
    "project": (_change_project, _show_projects, "trash-projects"),
}


def _id(request: PageRequest) -> UUID:
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError as error:
        raise Http404 from error


def _back(request: PageRequest, show: Show, page: str, words: str) -> HttpResponse:
    """The list as it is now."""
    if request.htmx:
        return show(request, words)
    notices.info(request, words)
    return redirect(page)


def _answer(request: PageRequest, page: str, found: QuerySet[Any], told: str, **more: Any) -> HttpResponse:
    before = _moment(request.GET.get("before", ""))
    rows = found.filter(deleted_at__lt=before) if before else found
    shown = list(rows.order_by("-deleted_at")[: PAGE + 1])
    context = {
        "page": page,
        "here": reverse(page),
        "rows": shown[:PAGE],
        "next": shown[PAGE - 1].deleted_at.isoformat() if len(shown) > PAGE else "",
        "days": trash.KEPT.days,
        "told": fragments.toast(told) if told else "",
        **more,
    }
    return answer_pane(request, "trash/page.html", "trash/_pane.html", context, title=_("Trash"))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None
