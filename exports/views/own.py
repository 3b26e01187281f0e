"""One's own exports: the list, how far each is, its file, and an end to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from chat.errors import Refused
from chat.views.door import PageRequest, login_needed
from chat.views.panes import answer_pane
from exports import access
from exports.jobs import orders
from exports.jobs.handing import hand_out
from exports.models import ALL
from exports.views.cards import shown
from exports.views.choosing import choices
from exports.views.forms import OptionsForm

MOST = 100


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
    cards = [shown(job) for job in access.exports_of(request.user)[:MOST]]
    context = {"exports": cards, "refused": refused, "choices": choices("json"), "all": ALL}
    return answer_pane(request, "exports/page.html", "exports/_pane.html", context, title=_("Exports"))
