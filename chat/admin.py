"""Our tables in Django's admin: to look at, and to set up accounts and providers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat import models
from chat.services.reports import decide_reports

admin.site.site_header = "Parley"
admin.site.site_title = "Parley"
admin.site.register(models.User, UserAdmin)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at: these rows hang together with events and counts that only the services keep."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(models.Session)
class SessionAdmin(ReadOnly):
    list_display = ["name", "owner", "provider", "model", "message_count", "updated_at", "deleted_at"]
    list_filter = ["is_archived", "is_starred"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
    ordering = ["-updated_at"]


@admin.register(models.Message)
class MessageAdmin(ReadOnly):
    list_display = ["__str__", "session", "role", "status", "provider", "model", "created_at", "deleted_at"]
    list_filter = ["role", "status"]
    list_select_related = ["session"]
    ordering = ["-created_at"]
    exclude = ["html", "sent_digest"]
    raw_id_fields = ["session", "parent", "author"]


@admin.register(models.Report)
class ReportAdmin(ReadOnly):
    """The moderators' queue: what is open, oldest first. A report is decided, never rewritten."""

    list_display = ["shown_reason", "shown_message", "reporter", "created_at", "state", "decided_by"]
    list_filter = ["state", "reason"]
    search_fields = ["detail", "message__content", "reporter__username"]
    ordering = ["created_at"]
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Report]:
        return super().get_queryset(request).select_related("message__author", "reporter", "decided_by")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Without a choice of one's own, the open ones."""
        if not request.GET and request.method == "GET":
            return redirect(f"{request.path}?state__exact={models.Report.State.OPEN}")
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("reason"), ordering="reason")
    def shown_reason(self, report: models.Report) -> str:
        return report.get_reason_display()

    @admin.display(description=_("message"))
    def shown_message(self, report: models.Report) -> str:
        return Truncator(report.message.content).chars(80)

    @admin.display(description=_("message"))
    def shown_content(self, report: models.Report) -> SafeString:
        return format_html('<pre class="reported">{}</pre>', report.message.content)

    @admin.display(description=_("role"))
    def shown_role(self, report: models.Report) -> str:
        return report.message.get_role_display()

    @admin.display(description=_("author"))
    def shown_author(self, report: models.Report) -> str:
        author = report.message.author
        return author.get_username() if author else report.message.model or "—"

    @admin.display(description=_("where"))
    def link(self, report: models.Report) -> SafeString:
        url = reverse("admin:chat_message_change", args=[report.message_id])
        return format_html('<a href="{}">{}</a>', url, _("The message, with all that is known of it"))

    @admin.action(description=_("Resolve: something was done about it"))
    def resolve(self, request: HttpRequest, reports: QuerySet[models.Report]) -> None:
        self._decide(request, reports, models.Report.State.RESOLVED)

    @admin.action(description=_("Dismiss: nothing is wrong with it"))
    def dismiss(self, request: HttpRequest, reports: QuerySet[models.Report]) -> None:
        self._decide(request, reports, models.Report.State.DISMISSED)

    def _decide(
        self, request: HttpRequest, reports: QuerySet[models.Report], state: models.Report.State
    ) -> None:
        assert isinstance(request.user, models.User)
        count = decide_reports(reports=reports, moderator=request.user, state=state)
        words = ngettext("%(n)s report was decided.", "%(n)s reports were decided.", count)
        self.message_user(request, words % {"n": count})


@admin.register(models.Annotation)
class AnnotationAdmin(ReadOnly):
    list_display = ["__str__", "author", "message", "created_at", "deleted_at"]
    list_select_related = ["author", "message"]
    search_fields = ["body", "author__username"]
    ordering = ["-created_at"]
    raw_id_fields = ["message", "author"]


@admin.register(models.Attachment)
class AttachmentAdmin(ReadOnly):
    list_display = ["name", "owner", "kind", "mime_type", "size", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
    ordering = ["-created_at"]


@admin.register(models.Generation)
class GenerationAdmin(ReadOnly):
    list_display = ["message_id", "session", "state", "worker", "created_at", "started_at", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["session", "worker"]
    ordering = ["-created_at"]


@admin.register(models.ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tokens can be taken away here; they are made by `create_token`, the one place that shows them."""

    list_display = ["name", "user", "scope", "created_at", "expires_at", "last_used_at"]
    list_filter = ["scope"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    readonly_fields = ["user", "scope", "created_at", "last_used_at"]
    exclude = ["digest"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]
    api_key = forms.CharField(
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "It is never shown. Left empty, the key that is there stays; with another base URL it goes, "
            "since it was meant for that server alone."
        ),
    )

    class Meta:
        model = models.ConfiguredProvider
        fields = ["name", "kind", "base_url", "api_key", "model_names", "fallback", "is_default"]

    def clean_api_key(self) -> str:
        typed: str = self.cleaned_data["api_key"]
        is_same_server = self.cleaned_data.get("base_url") == self.instance.base_url
        return typed or (self.instance.api_key if is_same_server else "")


@admin.register(models.ConfiguredProvider)
class ConfiguredProviderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ProviderForm
    list_display = ["name", "kind", "base_url", "is_default", "created_at"]
    ordering = ["name"]
