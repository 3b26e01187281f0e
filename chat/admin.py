"""Our tables in Django's admin: to look at, and to set up accounts and providers."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model
from django.http import HttpRequest

from chat import models

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

    list_display = ["name", "user", "created_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    readonly_fields = ["user", "created_at"]
    exclude = ["digest"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]
    api_key = forms.CharField(
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=(
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
