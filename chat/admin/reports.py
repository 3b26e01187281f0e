"""The moderators' queue: what was reported, and what they decide."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat import access
from chat.admin.looking import Look, member, of_person
from chat.models import Report
from chat.services.reports import decide_reports

# Characters of a message that the queue shows.
START = 81


@admin.register(Report)
class ReportAdmin(Look):
    """The moderators' queue: what is open, oldest first. A report is decided, never rewritten."""

    list_display = ["shown_reason", "shown_message", "reporter", "created_at", "state", "decided_by"]
    list_filter = ["state", "reason"]
    search_help_text = _("An id, the name of who reported, or words of what they wrote")
    ordering: ClassVar[Any] = ["created_at"]
    actions = ["resolve", "dismiss"]
    readonly_fields = [
        "state",
        "shown_reason",
        "detail",
        "reporter",
        "created_at",
        "shown_role",
        "shown_author",
        "shown_content",
        "link",
        "decided_by",
        "decided_at",
    ]
    fields = (*readonly_fields,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).select_related("message__author", "reporter", "decided_by")

    def listed(self, rows: QuerySet[Report]) -> QuerySet[Report]:
        long = ("message__content", "message__html", "message__parts")
        return rows.annotate(start=Left("message__content", START)).defer(*long)

    def called(self, words: str) -> Q:
        return of_person(words, "reporter") | Q(detail__icontains=words)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return member(request).has_perm(access.MODERATING)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Without a choice of one's own, the open ones."""
        if not request.GET and request.method == "GET":
            return redirect(f"{request.path}?state__exact={Report.State.OPEN}")
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("reason"), ordering="reason")
    def shown_reason(self, report: Report) -> str:
        return report.get_reason_display()

    @admin.display(description=_("message"))
    def shown_message(self, report: Report) -> str:
        return Truncator(getattr(report, "start", "")).chars(80)

    @admin.display(description=_("message"))
    def shown_content(self, report: Report) -> SafeString:
        return format_html('<pre class="reported">{}</pre>', report.message.content)

    @admin.display(description=_("role"))
    def shown_role(self, report: Report) -> str:
        return report.message.get_role_display()

    @admin.display(description=_("author"))
    def shown_author(self, report: Report) -> str:
        author = report.message.author
        return author.get_username() if author else report.message.model or "—"

    @admin.display(description=_("where"))
    def link(self, report: Report) -> SafeString:
        """To the conversation, which moderators may read, and to the row for who may see it."""
        message = report.message
        ways = (
            (f"{reverse('session', args=[message.session_id])}?at={message.pk}", _("In its conversation")),
            (reverse("admin:chat_message_change", args=[message.pk]), _("With all that is known of it")),
        )
        return format_html_join(" · ", '<a href="{}">{}</a>', ways)

    @admin.action(permissions=["decide"], description=_("Resolve: something was done about it"))
    def resolve(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        self._decide(request, reports, Report.State.RESOLVED)

    @admin.action(permissions=["decide"], description=_("Dismiss: nothing is wrong with it"))
    def dismiss(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        self._decide(request, reports, Report.State.DISMISSED)

    def _decide(self, request: HttpRequest, reports: QuerySet[Report], state: Report.State) -> None:
        count = decide_reports(reports=reports, moderator=member(request), state=state)
        words = ngettext("%(n)s report was decided.", "%(n)s reports were decided.", count)
        self.message_user(request, words % {"n": count})
