"""Filters of the admin: each is answered by an index, or finds so much that a page is full at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.models import ConfiguredProvider, Message, Session
from chat.models.ids import first_id_at

Choices = Iterable[tuple[str, str]]
SPANS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


class Since(admin.SimpleListFilter):
    """By the id, which begins with the time."""

    title = gettext_lazy("time made")
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("day", _("the last day")), ("week", _("the last week")), ("month", _("the last month"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        span = SPANS.get(self.value() or "")
        if span is None:
            return queryset
        return queryset.filter(pk__gte=first_id_at(timezone.now() - span))


class InTrash(admin.SimpleListFilter):
    title = gettext_lazy("trash")
    parameter_name = "trash"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("yes", _("in the trash"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The order is that of `deleted_at`."""
        return queryset.filter(deleted_at__isnull=False) if self.value() == "yes" else queryset


class TrashedMessages(InTrash):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        found = super().queryset(request, queryset)
        return found.filter(purged_at=None) if self.value() == "yes" else found


class Rare(admin.SimpleListFilter):
    """By a column of which most rows have one of `usual`; the others have an index."""

    usual: tuple[str, ...] = ()
    values: Choices = ()
    field = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return self.values

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        value = self.value()
        if value is None:
            return queryset
        found = queryset.filter(**{self.field: value})
        if value not in self.usual:
            # SQLite finds the index by the words of its condition alone.
            for usual in self.usual:
                found = found.exclude(**{self.field: usual})
        return found


class ByRole(Rare):
    title = gettext_lazy("role")
    parameter_name = field = "role"
    values = Message.Role.choices
    usual = (Message.Role.USER, Message.Role.ASSISTANT)


class ByStatus(Rare):
    title = gettext_lazy("status")
    parameter_name = field = "status"
    values = Message.Status.choices
    usual = (Message.Status.COMPLETE,)


class OfSession(admin.SimpleListFilter):
    """The messages of one conversation, on show or beside it; the order is that of `depth`."""

    title = gettext_lazy("conversation")
    parameter_name = "session"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """There is nothing to choose from before one comes from a conversation."""
        key = (self.value() or "").partition(".")[0]
        return [(key, _("on show")), (f"{key}.aside", _("other versions"))] if key else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        key, _dot, part = (self.value() or "").partition(".")
        if not key:
            return queryset
        try:
            return queryset.filter(session=UUID(key), is_active=part != "aside")
        except ValueError as error:
            raise IncorrectLookupParameters from error


class ByProvider(admin.SimpleListFilter):
    """Among the providers that are set up: to find all that were ever used would read every row."""

    title = gettext_lazy("provider")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        names = ConfiguredProvider.objects.order_by("name").values_list("name", flat=True)
        return [(name, name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        return queryset.filter(provider=self.value()) if self.value() else queryset
