"""Exports in the admin: who had what made, and how it went. Their files are nobody else's."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from chat.admin.filters import Since
from chat.admin.looking import Look, member, of_person
from exports.models import ExportJob


@admin.register(ExportJob)
class ExportJobAdmin(Look):
    list_display = ["name", "owner", "format", "status", "progress", "size", "created_at", "ended_at"]
    list_filter = [Since, "status", "format"]
    list_select_related = ["owner"]
    # Who has the id of a link cannot make the link of it; it tells nothing all the same.
    exclude: ClassVar[Any] = ["file", "link_id"]

    def within(self, rows: QuerySet[ExportJob], request: HttpRequest) -> QuerySet[ExportJob]:
        return rows.filter(owner=member(request))

    def called(self, words: str) -> Q:
        return of_person(words)
