"""One's own exports: the list, how far each is, its file, and an end to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from chat.errors import Refused
from chat.paging import page_of_jobs
from chat.views.door import PageRequest, login_needed
from chat.views.panes import answer_pane
from chat.views.sidebar import place_of
from exports import access
from exports.jobs import orders
from exports.jobs.handing import hand_out
from exports.models import ALL
from exports.views.cards import shown
from exports.views.choosing import choices
from exports.views.forms import OptionsForm

# Cards on a page, and at whose foot it is asked for more.
PAGE = 25
FOOT = "jobs-more"


@require_http_methods(["GET", "POST"])
@login_needed
def exports_page(request: PageRequest) -> HttpResponse:
    """The list; with POST all that one has is exported."""
    if request.method == "GET":
        return _answer(request)
    try:
        name = OptionsForm(request.POST).check()["format"]
        job = orders.start_account_export(owner=request.user, format_name=name)
    except Refused as refused:
        if request.htmx:
            return HttpResponse(
                refused.detail, status=refused.status, content_type="text/plain; charset=utf-8"
            )
        return _answer(request, refused)
    if request.htmx:
        return render(request, "exports/_export.html", {"shown": shown(job)}, status=201)
    return redirect("exports")


@require_GET
@login_needed
def show_export(request: PageRequest, export_id: UUID) -> HttpResponse:
    """The card as it is now; without htmx the list."""
    job = access.get_export(request.user, export_id)
    if not request.htmx:
        return redirect("exports")
    context = {"shown": shown(job), "is_awaited": "awaited" in request.GET}
    return render(request, "exports/_export.html", context)


@require_safe
@login_needed
def download(request: PageRequest, export_id: UUID) -> HttpResponseBase:
    """The file."""
    return hand_out(request, access.get_export(request.user, export_id), by_link=False)


@require_POST
@login_needed
def end_export(request: PageRequest, export_id: UUID) -> HttpResponse:
    """Cancel it, or remove it with its file if it has ended."""
    job = access.get_export(request.user, export_id)
    had_ended = job.has_ended
    orders.cancel_or_remove(job=job)
    if not request.htmx:
        notices.success(request, _("Removed.") if had_ended else _("Cancelled."))
        return redirect("exports")
    if had_ended:
        return HttpResponse("")
    job.refresh_from_db()
    return render(request, "exports/_export.html", {"shown": shown(job)})


@require_POST
@login_needed
def retry(request: PageRequest, export_id: UUID) -> HttpResponse:
    """Begin one that failed or was cancelled again."""
    job = access.get_export(request.user, export_id)
    try:
        orders.retry_export(job=job)
    except Refused:
        job.refresh_from_db()
    if not request.htmx:
        return redirect("exports")
    return render(request, "exports/_export.html", {"shown": shown(job)})


def _answer(request: PageRequest, refused: Refused | None = None) -> HttpResponse:
    cursor = request.GET.get("cursor", "")
    jobs, after = page_of_jobs(access.exports_of(request.user), place_of(cursor), PAGE)
    context: dict[str, Any] = {"exports": [shown(job) for job in jobs], "next": after, "refused": refused}
    if request.htmx and request.htmx.target == FOOT:
        return render(request, "exports/_rows.html", context)
    context |= {"is_older": bool(cursor), "choices": choices("json"), "all": ALL}
    return answer_pane(request, "exports/page.html", "exports/_pane.html", context, title=_("Exports"))
