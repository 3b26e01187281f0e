"""What stands beside messages: notes and files."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chat import access
from chat.admin.filters import Since
from chat.admin.looking import Look, link_to, member, of_person
from chat.models import Annotation, Attachment, Message


class Beside(Look):
    """Rows of a message."""

    session_path = "message__session"

    def within(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Asked of each row: as a join SQLite would begin with all messages of these conversations."""
        seen = access.overseen(member(request)).filter(pk=OuterRef("message__session"))
        return rows.filter(Exists(seen))


@admin.register(Annotation)
class AnnotationAdmin(Beside):
    list_display = ["shown_body", "author", "shown_message", "created_at", "deleted_at"]
    list_filter = [Since]
    list_select_related = ["author"]
    search_help_text = _("An id, or the name of who wrote it")

    def called(self, words: str) -> Q:
        return of_person(words, "author")

    @admin.display(description=_("note"))
    def shown_body(self, note: Annotation) -> str:
        return Truncator(note.body).chars(80)

    @admin.display(description=_("message"))
    def shown_message(self, note: Annotation) -> SafeString:
        return link_to(Message, note.message_id, _("The message"))


@admin.register(Attachment)
class AttachmentAdmin(Beside):
    list_display = ["name", "owner", "kind", "mime_type", "size", "created_at"]
    list_filter = [Since, "kind"]
    list_select_related = ["owner"]
    search_help_text = _("An id, or the name of who attached it")
    exclude: ClassVar[Any] = ["file"]

    def called(self, words: str) -> Q:
        return of_person(words)
