"""Work that goes on by itself: replies being made, imports, and the processes that do it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.admin.filters import Since
from chat.admin.looking import Look, link_to, member, of_person
from chat.models import Aside, Extra, Generation, ImportJob, ImportLine, Message, Summary, WorkerProcess

# Conversations of an import that its page names, of those that did not come in.
NAMED = 100


@admin.register(Generation)
class GenerationAdmin(Look):
    list_display = ["reply", "session", "state", "worker", "created_at", "started_at", "ended_at"]
    list_filter = [Since, "state"]
    list_select_related = ["session", "worker"]
    session_path = "session"

    @admin.display(description=_("message"))
    def reply(self, generation: Generation) -> SafeString:
        return link_to(Message, generation.message_id, generation.message_id)


@admin.register(Summary)
class SummaryAdmin(Look):
    list_display = ["id", "session", "purpose", "count", "provider", "model", "created_at", "removed_at"]
    list_filter = [Since, "purpose"]
    list_select_related = ["session"]
    session_path = "session"


@admin.register(Aside)
class AsideAdmin(Look):
    list_display = ["id", "session", "owner", "purpose", "status", "created_at", "ended_at"]
    list_filter = [Since, "status"]
    list_select_related = ["session", "owner"]
    exclude: ClassVar[Any] = ["data"]  # it has what was summed up so far
    session_path = "session"


@admin.register(Extra)
class ExtraAdmin(Look):
    list_display = ["id", "session", "owner", "purpose", "status", "created_at", "ended_at"]
    list_filter = [Since, "status", "purpose"]
    list_select_related = ["session", "owner"]
    exclude: ClassVar[Any] = ["data"]  # it has what was proposed to a person
    session_path = "session"


@admin.register(ImportJob)
class ImportJobAdmin(Look):
    list_display = ["name", "owner", "source", "status", "progress", "size", "created_at", "ended_at"]
    list_filter = [Since, "status"]
    list_select_related = ["owner"]
    search_help_text = _("An id, or the name of who brought it")
    exclude: ClassVar[Any] = ["file"]
    readonly_fields: ClassVar[Any] = ["outcomes", "failures"]

    def within(self, rows: QuerySet[ImportJob], request: HttpRequest) -> QuerySet[ImportJob]:
        return rows.filter(owner=member(request))

    def called(self, words: str) -> Q:
        return of_person(words)

    @admin.display(description=_("conversations"))
    def outcomes(self, job: ImportJob) -> str:
        found = job.lines.values_list("outcome").annotate(many=Count("number")).order_by("outcome")
        return ", ".join(f"{outcome}: {many}" for outcome, many in found) or "—"

    @admin.display(description=_("did not come in"))
    def failures(self, job: ImportJob) -> SafeString | str:
        failed = job.lines.filter(outcome=ImportLine.Outcome.FAILED).order_by("number")[:NAMED]
        lines = [(one.number, one.name, _why(one)) for one in failed]
        return format_html_join("", "<p>{} {}: {}</p>", lines) or "—"


def _why(line: ImportLine) -> str:
    return " ".join(str(note.get("words", "")) for note in line.notes if isinstance(note, dict))


@admin.register(WorkerProcess)
class WorkerProcessAdmin(Look):
    list_display = ["host", "pid", "started_at", "beat_at"]
