"""Exports in the admin: who had what made, how it went, and who has a link. Their files are nobody else's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat.admin.audit import ABOUT
from chat.admin.filters import Since
from chat.admin.looking import Look, link_to, member, of_person
from chat.admin.naming import COLUMNS, TABLES, name_tables
from chat.models import Session, User
from chat.speaking import spoken
from exports.formats import FORMATS
from exports.models import ALL, ExportJob

# Conversations of an export that its page names.
NAMED = 100
ABOUT["exportjob"] = ExportJob
TABLES["ExportJob"] = (gettext_lazy("export"), gettext_lazy("exports"))
COLUMNS |= {
    "ExportJob.scope": gettext_lazy("extent"),
    "failed_count": gettext_lazy("conversations that could not be written"),
    "format": gettext_lazy("format"),
    "options": gettext_lazy("what was chosen"),
}
name_tables("exports")


class Linked(admin.SimpleListFilter):
    """Those whose file others can download now."""

    title = gettext_lazy("link")
    parameter_name = "linked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("now", _("that works now"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "now":
            return queryset
        return queryset.filter(link_id__isnull=False, link_expires_at__gt=timezone.now())


class OfFormat(admin.SimpleListFilter):
    """By those that there are: which are in the table would be looked for in all of it."""

    title = gettext_lazy("format")
    parameter_name = "format"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [*((form.name, str(form.label)) for form in FORMATS.values()), (ALL, _("All of them"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(format=self.value()) if self.value() else queryset


@admin.register(ExportJob)
class ExportJobAdmin(Look):
    list_display = ["name", "who", "created_at", "about", "format", "status", "link"]
    list_filter = [Since, "status", Linked, "scope", OfFormat]
    list_select_related = ["owner"]
    search_help_text = gettext_lazy("An id, or the name of who had it made")
    # Not the id of a link, though no link can be made of it without the server's key.
    readonly_fields: ClassVar[Any] = [
        *("name", "who", "scope", "conversations", "format", "options", "status", "progress", "failure"),
        *("failed_count", "size_told", "kept_until", "link", "created_at", "started_at", "ended_at"),
        *("attempts", "history"),
    ]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.readonly_fields

    def within(self, rows: QuerySet[ExportJob], request: HttpRequest) -> QuerySet[ExportJob]:
        return rows.filter(owner=member(request))

    def called(self, words: str) -> Q:
        return of_person(words)

    @admin.display(description=gettext_lazy("who"))
    def who(self, job: ExportJob) -> SafeString:
        return link_to(User, job.owner_id, job.owner.get_username())

    @admin.display(description=gettext_lazy("of what"))
    def about(self, job: ExportJob) -> SafeString | str:
        if job.scope == ExportJob.Scope.ACCOUNT:
            return _("everything")
        count = len(job.session_ids)
        words = ngettext("%(n)s conversation", "%(n)s conversations", count) % {"n": count}
        return link_to(Session, UUID(job.session_ids[0]), words) if count == 1 else words

    @admin.display(description=gettext_lazy("conversations"))
    def conversations(self, job: ExportJob) -> SafeString | str:
        """Of an account all of the person's."""
        links = [(link_to(Session, UUID(key), key),) for key in job.session_ids[:NAMED]]
        more = len(job.session_ids) - len(links)
        return format_html_join("", "<p>{}</p>", links + ([(f"+ {more}",)] if more else [])) or "—"

    @admin.display(description=gettext_lazy("why it failed"))
    def failure(self, job: ExportJob) -> str:
        return spoken(job.error.get("said"), job.error.get("words", "")) if job.error else "—"

    @admin.display(description=gettext_lazy("size"))
    def size_told(self, job: ExportJob) -> str:
        return "—" if job.size is None else filesizeformat(job.size)

    @admin.display(description=gettext_lazy("kept until"))
    def kept_until(self, job: ExportJob) -> str:
        return _moment(job.expires_at) if job.expires_at else "—"

    @admin.display(description=gettext_lazy("link"))
    def link(self, job: ExportJob) -> str:
        """Until when it opens the file to whoever has it, and how often it did."""
        if not (job.has_file and job.has_link and job.link_expires_at):
            return "—"
        count = job.link_count
        taken = ngettext("downloaded once", "downloaded %(n)s times", count) % {"n": count}
        return f"{_('until %(moment)s') % {'moment': _moment(job.link_expires_at)}}, {taken}"

    @admin.display(description=gettext_lazy("history"))
    def history(self, job: ExportJob) -> SafeString:
        """Who began, took and shared it, and took the link back."""
        url = f"{reverse('admin:chat_auditentry_changelist')}?q={job.pk}"
        return format_html('<a href="{}">{}</a>', url, _("In the audit log"))


def _moment(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
