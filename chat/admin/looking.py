"""How the admin looks at our tables: a list costs the same at ten rows and at a million.

So what is listed comes in the order of an index, is counted so far and no further, and is sought by what an
index knows. Rows are not changed here: they hang together with events and counts that only the services keep.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat import access, audit
from chat.models import Role, Session, User

# Rows that are counted, and can be leafed through.
MOST = 10_000


class Pages(Paginator):  # type: ignore[type-arg]
    """Of more rows than `MOST` the first."""

    object_list: QuerySet[Any]

    @cached_property
    def _found(self) -> int:
        # The order would have all of them sorted.
        return self.object_list.order_by()[: MOST + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._found, MOST)

    @property
    def is_cut(self) -> bool:
        return self._found > MOST


class Checked(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that leads away from addresses and choices that nobody comes to by its links."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._sent_away(request) or super().changelist_view(request, extra_context)

    def _sent_away(self, request: HttpRequest) -> HttpResponse | None:
        """From a NUL, which PostgreSQL takes nowhere, and from what is chosen by no id."""
        if any("\0" in value for _name, values in request.GET.lists() for value in values):
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        key = self.model._meta.pk
        try:
            for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
                key.to_python(chosen)
        except ValidationError:
            return redirect(request.path)
        return None


class Look(Checked):
    """Rows to look at, the newest first: ids sort by the time they were made."""

    paginator = Pages
    ordering: ClassVar[Any] = ["-id"]
    # A click on another column would sort a million rows.
    sortable_by: ClassVar[Any] = ()
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # It only has the box shown: what is sought is told by `meant`.
    search_fields: ClassVar[Any] = ("pk",)
    search_help_text = _("An id")
    # The way from a row to its conversation; None where there is none.
    session_path: ClassVar[str | None] = None

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """What is found out for the page comes before the columns."""
        own = list(self.readonly_fields)
        return own + [field for field in super().get_fields(request, obj) if field not in own]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.session_path:
            # What leaves no trace is not looked at either.
            passing = Session.objects.filter(is_temporary=True).values("pk")
            rows = rows.exclude(**{f"{self.session_path}__in": passing})
        rows = rows if member(request).is_superuser else self.within(rows, request)
        return self.listed(rows) if is_list(request) else rows

    def within(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Those of the rows that this member of the staff, who is no administrator, may look at."""
        if self.session_path is None:
            return rows
        return rows.filter(**{f"{self.session_path}__in": access.overseen(member(request))})

    def listed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with what the list shows of them, and no more."""
        return rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Whoever looks into what is in another's conversation is in the audit log."""
        row = super().get_object(request, object_id, from_field)
        if row is not None and self.session_path:
            session = (
                row if self.session_path == "pk" else attrgetter(self.session_path.replace("__", "."))(row)
            )
            audit.note_opened(member(request), session, Role.MODERATOR)
        return row

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = search_term.strip()
        return queryset.filter(self.meant(words)) if words else queryset, False

    def meant(self, words: str) -> Q:
        """Which rows are sought: those with this id, or what these words say otherwise."""
        try:
            return Q(pk=UUID(words))
        except ValueError:
            return self.called(words)

    def called(self, words: str) -> Q:
        return Q(pk__in=[])


def member(request: HttpRequest) -> User:
    """The member of the staff who asks."""
    assert isinstance(request.user, User)
    return request.user


def is_list(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and str(match.url_name).endswith("_changelist")


def of_person(words: str, path: str = "owner") -> Q:
    """What belongs to the person of this name."""
    return Q(**{f"{path}__in": User.objects.filter(username=words).values("pk")})


def link_to(model: type[Model], key: UUID, words: object) -> SafeString:
    """To the page of a row, which is not read for it."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])
    return format_html('<a href="{}">{}</a>', url, words)
