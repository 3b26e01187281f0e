"""Conversations, their messages, and what was merged into them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chat.admin.filters import ByProvider, ByRole, ByStatus, InTrash, OfSession, Since, TrashedMessages
from chat.admin.looking import Look, is_list, link_to, of_person
from chat.models import Lineup, Merge, Message, Report, Session, User
from chat.starts import start_of, starting

# Characters of a message in a list.
SAID = 120
TRASH_ORDER = ["-deleted_at", "-id"]
FILTERS = (Since, ByRole, ByStatus, TrashedMessages, OfSession)


@admin.register(Session)
class SessionAdmin(Look):
    list_display = ["shown_name", "owner", "provider", "model", "message_count", "updated_at", "deleted_at"]
    list_filter = [Since, "is_archived", "is_starred", ByProvider, InTrash]
    search_help_text = _("An id, the name of its owner, or words of its title")
    readonly_fields: ClassVar[Any] = ["inside"]
    session_path = "pk"

    def listed(self, rows: QuerySet[Session]) -> QuerySet[Session]:
        # Not joined: PostgreSQL takes what is sought for rare, and would go through all people for each.
        return rows.prefetch_related("owner")

    def get_ordering(self, request: HttpRequest) -> Any:
        return TRASH_ORDER if "trash" in request.GET else ["-id"]

    def called(self, words: str) -> Q:
        is_person = User.objects.filter(username=words).exists()
        return of_person(words) if is_person else Q(name__icontains=words)

    @admin.display(description=_("name"))
    def shown_name(self, session: Session) -> str:
        return str(session)

    @admin.display(description=_("in it"))
    def inside(self, session: Session) -> SafeString:
        """The ways to what may be a million rows."""
        messages = reverse("admin:chat_message_changelist")
        ways = (
            (f"{messages}?session={session.pk}", _("Messages")),
            (f"{messages}?session={session.pk}.aside", _("Other versions")),
        )
        return format_html_join(" · ", '<a href="{}">{}</a>', ways)


@admin.register(Message)
class MessageAdmin(Look):
    list_display = ["said", "where", "role", "status", "provider", "model", "created_at", "deleted_at"]
    list_filter = FILTERS
    search_help_text = _("The id of a message; those of a conversation are found from its page")
    exclude: ClassVar[Any] = ["html", "html_version", "sent_digest"]
    session_path = "session"

    def get_ordering(self, request: HttpRequest) -> Any:
        if "session" in request.GET:
            return ["-depth"]
        return TRASH_ORDER if "trash" in request.GET else ["-id"]

    def within(self, rows: QuerySet[Message], request: HttpRequest) -> QuerySet[Message]:
        """In a list those that were reported, or those of one conversation: few, or in order."""
        seen = super().within(rows, request)
        if is_list(request) and "session" not in request.GET:
            return seen.filter(pk__in=Report.objects.values("message"))
        return seen

    def listed(self, rows: QuerySet[Message]) -> QuerySet[Message]:
        return starting(rows).select_related("session")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """By other columns than these it would read a million rows."""
        return lookup in {one.parameter_name for one in FILTERS}

    @admin.display(description=_("message"))
    def said(self, message: Message) -> str:
        return Truncator(start_of(message)).chars(SAID) or "—"

    @admin.display(description=_("conversation"))
    def where(self, message: Message) -> SafeString:
        return link_to(Session, message.session_id, message.session)


@admin.register(Lineup)
class LineupAdmin(Look):
    list_display = ["id", "session", "question", "kept", "created_at", "settled_at"]
    list_filter = [Since]
    list_select_related = ["session", "question", "kept"]
    session_path = "session"


@admin.register(Merge)
class MergeAdmin(Look):
    list_display = ["id", "session", "source", "made_by", "count", "touched_at", "undone_at"]
    list_filter = [Since, "is_whole"]
    list_select_related = ["session", "source", "made_by"]
    session_path = "session"
