"""Servers of tools in the admin: to look at, without their secrets. They are set up on pages of their own."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.admin.filters import Since
from chat.admin.looking import Look, member, of_person
from chat.models import ToolServer


@admin.register(ToolServer)
class ToolServerAdmin(Look):
    list_display = ["name", "owner", "transport", "is_on", "tried_at", "created_at"]
    list_filter = [Since, "transport"]
    list_select_related = ["owner"]
    search_help_text = _("An id, or the name of whose it is")
    # Many servers are given their key in the address or the arguments.
    exclude: ClassVar[Any] = [
        "env",
        "headers",
        "url",
        "args",
        "secret_url",
        "secret_args",
        "last_words",
        "tools",
        "problem_form",
        "groups",
    ]
    readonly_fields: ClassVar[Any] = ["place"]

    def within(self, rows: QuerySet[ToolServer], request: HttpRequest) -> QuerySet[ToolServer]:
        return rows.filter(owner=member(request))

    def listed(self, rows: QuerySet[ToolServer]) -> QuerySet[ToolServer]:
        """Lists of tools are long."""
        return rows.defer("tools", "last_words", "env", "headers", "secret_url", "secret_args")

    def called(self, words: str) -> Q:
        return of_person(words)

    @admin.display(description=_("address"))
    def place(self, server: ToolServer) -> str:
        return urlsplit(server.url).hostname or ""
