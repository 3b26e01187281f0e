"""Links to the file of an export, for people who have no account here."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chat.errors import Conflict, Refused
from chat.views.door import PageRequest, login_needed, refusal
from exports import access
from exports.jobs import orders
from exports.jobs.handing import hand_out
from exports.models import ExportJob
from exports.views.cards import shown
from exports.views.forms import LinkForm

Answer = TypeVar("Answer", bound=HttpResponseBase)


@require_POST
@login_needed
def share(request: PageRequest, export_id: UUID) -> HttpResponse:
    """A link in place of the one before it."""
    job = access.get_export(request.user, export_id)
    try:
        hours = LinkForm(request.POST).check()["hours"]
        orders.make_link(job=job, lifetime=timedelta(hours=hours))
    except Conflict:
        job.refresh_from_db()  # its file went meanwhile: the card says so
    except Refused as refused:
        if request.htmx:
            return refusal(request, refused, slot=f"#link-error-{job.pk}")
        notices.error(request, refused.detail)
    return _card(request, job)


@require_POST
@login_needed
def unshare(request: PageRequest, export_id: UUID) -> HttpResponse:
    """The link opens nothing more."""
    return _card(request, orders.revoke_link(job=access.get_export(request.user, export_id)))


def _card(request: PageRequest, job: ExportJob) -> HttpResponse:
    if not request.htmx:
        return redirect("exports")
    return render(request, "exports/_export.html", {"shown": shown(job), "is_sharing": True})


@require_safe
def show_shared(request: HttpRequest, token: str) -> HttpResponse:
    """What the file is and whose, before it is downloaded."""
    job = access.open_link(token)
    answer = render(request, "exports/shared.html", {"shown": shown(job), "token": token})
    return _private(answer)


@require_safe
def download_shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file."""
    return _private(hand_out(request, access.open_link(token), by_link=True))


def _private(answer: Answer) -> Answer:
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "private, no-store"
    return answer
