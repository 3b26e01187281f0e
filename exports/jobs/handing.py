"""The file of an export, given to its owner or to whoever has its link."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from chat.http.files import begins_late, file_answer
from chat.http.ranges import is_head
from exports.jobs import orders
from exports.jobs.files import type_of
from exports.models import ExportJob


def hand_out(request: HttpRequest, job: ExportJob, *, by_link: bool) -> HttpResponseBase:
    """The file, as a download; its name and its kind are those of the row, never the file's own.

    Raises:
        Http404: there is none.
    """
    if not job.has_file or not job.file.storage.exists(job.file.name or ""):
        raise Http404
    answer = file_answer(
        request, job.file, name=job.name, size=job.size or 0, mime_type=type_of(job), max_age=0
    )
    if answer.status_code < 300 and not is_head(request):
        orders.note_download(job=job, by_link=by_link, is_rest=begins_late(answer))
    return answer
