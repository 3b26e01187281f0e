"""The audit log: who did what, to look at; nobody can change it here."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.admin.filters import Since
from chat.admin.looking import Look, link_to, of_person
from chat.models import AuditEntry, ImportJob, Message, Project, Report, Session, User

# What has a page in the admin.
ABOUT: dict[str, type[Model]] = {
    str(model._meta.model_name): model for model in (ImportJob, Message, Project, Report, Session, User)
}


@admin.register(AuditEntry)
class AuditEntryAdmin(Look):
    list_display = ["created_at", "action", "who", "way", "address", "about"]
    list_filter = [Since, "action"]
    fields = [
        "created_at",
        "action",
        "who",
        "about",
        "conversation",
        "said",
        "way",
        "address",
        "token_id",
        "request_id",
    ]
    search_help_text = _("The id of an entry, an object or a conversation, or the name of a person")
    readonly_fields: ClassVar[Any] = ["created_at", "who", "about", "conversation", "said"]

    def meant(self, words: str) -> Q:
        try:
            key = UUID(words)
        except ValueError:
            return of_person(words, "actor")
        return Q(pk=key) | Q(object_id=str(key)) | Q(session_id=key)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.fields

    @admin.display(description=_("who"), ordering="actor")
    def who(self, entry: AuditEntry) -> SafeString | str:
        return link_to(User, entry.actor_id, entry.actor_name) if entry.actor_id else entry.actor_name or "—"

    @admin.display(description=_("about"))
    def about(self, entry: AuditEntry) -> SafeString | str:
        """What it was about may be gone, and then its page says so."""
        model = ABOUT.get(entry.object_type)
        words = f"{entry.object_type} {entry.object_id}".strip()
        return link_to(model, UUID(entry.object_id), words) if model else words or "—"

    @admin.display(description=_("conversation"))
    def conversation(self, entry: AuditEntry) -> SafeString | str:
        return link_to(Session, entry.session_id, entry.session_id) if entry.session_id else "—"

    @admin.display(description=_("in detail"))
    def said(self, entry: AuditEntry) -> SafeString | str:
        lines = [(name, value) for name, value in sorted(entry.detail.items())]
        return format_html_join("", "<p>{}: {}</p>", lines) or "—"
