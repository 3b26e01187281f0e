"""Imports: where a file is chosen, how far it is, what came of it, and those of before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from chat import access
from chat.errors import BadValue, Refused
from chat.import_reports import ImportReport, Item, Outcome, failure_of, items_of, reports_of, text_of
from chat.importers import label_of
from chat.models import ImportJob
from chat.paging import page_of_jobs
from chat.services import imports
from chat.views.door import PageRequest, login_needed
from chat.views.panes import answer_pane
from chat.views.sidebar import place_of

# Cards on a page, and at whose foot it is asked for more.
PAGE = 25
FOOT = "jobs-more"
# Conversations that a page names, of each outcome; the text names all.
MOST_ITEMS = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """An import as a page shows it."""

    kind: ClassVar = "import"
    job: ImportJob
    report: ImportReport
    label: str
    failure: str

    @property
    def look(self) -> str:
        """Where the card is as it is now, and the report."""
        return reverse("import", args=[self.job.pk])


@require_http_methods(["GET", "POST"])
@login_needed
def imports_page(request: PageRequest) -> HttpResponse:
    """The page, or with POST a file to be brought in."""
    if request.method == "GET":
        return _answer(request)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise BadValue(_("Choose a file first."), field="file")
        job = imports.start_import(owner=request.user, file=file)
    except Refused as refused:
        if request.htmx:
            words = refused.detail
            return HttpResponse(words, status=refused.status, content_type="text/plain; charset=utf-8")
        return _answer(request, refused)
    if request.htmx:
        return render(request, "imports/_import.html", {"shown": _shown([job])[0]}, status=201)
    return redirect("imports")


@require_GET
@login_needed
def show_import(request: PageRequest, import_id: UUID) -> HttpResponse:
    """What came of it; asked for by its card, the card as it is now."""
    job = access.get_import(request.user, import_id)
    [shown] = _shown([job])
    if request.htmx and request.htmx.target == f"import-{import_id}":
        if job.has_ended and _is_on_report(request, import_id):
            return HttpResponseClientRefresh()
        return render(request, "imports/_import.html", {"shown": shown})
    context = {"shown": shown, "groups": list(_groups(job, shown.report)), "most": MOST_ITEMS}
    return answer_pane(
        request, "imports/report.html", "imports/_report_pane.html", context, title=_("Import")
    )


@require_GET
@login_needed
def download_report(request: PageRequest, import_id: UUID) -> HttpResponse:
    """All of it as text."""
    job = access.get_import(request.user, import_id)
    name = content_disposition_header(as_attachment=True, filename=f"{_('Import')} {job.name}.txt")
    text = "".join(text_of(job))
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name or "attachment"}
    )


@require_POST
@login_needed
def end_import(request: PageRequest, import_id: UUID) -> HttpResponse:
    """Cancel it, or take it off the list if it has ended."""
    job = access.get_import(request.user, import_id)
    imports.cancel_or_remove(job=job)
    if not request.htmx:
        notices.success(request, _("Removed.") if job.has_ended else _("Cancelled."))
        return redirect("imports")
    if job.has_ended:
        return (
            HttpResponseClientRedirect(reverse("imports"))
            if _is_on_report(request, import_id)
            else HttpResponse("")
        )
    job.refresh_from_db()
    return render(request, "imports/_import.html", {"shown": _shown([job])[0]})


def _answer(request: PageRequest, refused: Refused | None = None) -> HttpResponse:
    cursor = request.GET.get("cursor", "")
    jobs, after = page_of_jobs(access.imports_of(request.user), place_of(cursor), PAGE)
    context = {"imports": _shown(jobs), "next": after, "is_older": bool(cursor)}
    if request.htmx and request.htmx.target == FOOT:
        return render(request, "imports/_rows.html", context)
    context |= {"refused": refused, "max_bytes": settings.IMPORT_MAX_BYTES}
    return answer_pane(request, "imports/page.html", "imports/_pane.html", context, title=_("Import"))


def _is_on_report(request: PageRequest, import_id: UUID) -> bool:
    """Whether the card stands above its report, not in the list."""
    return request.htmx.current_url_abs_path == reverse("import", args=[import_id])


def _shown(jobs: list[ImportJob]) -> list[Shown]:
    reports = reports_of(jobs)
    return [Shown(job, reports[job.pk], label_of(job.source), failure_of(job)) for job in jobs]


@dataclass(frozen=True, slots=True)
class Group:
    """The first conversations of one outcome; `more` are only in the text."""

    outcome: str
    items: list[Item]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.items)


def _groups(job: ImportJob, report: ImportReport) -> Iterator[Group]:
    """What needs a look first."""
    for outcome in (Outcome.FAILED, Outcome.SKIPPED, Outcome.UPDATED, Outcome.IMPORTED):
        count = getattr(report, outcome.value)
        if count:
            items = list(items_of(job, outcomes=[outcome.value], limit=MOST_ITEMS))
            yield Group(outcome.value, items, count)
