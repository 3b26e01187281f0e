"""Projects and who takes part in them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from chat import access
from chat.admin.filters import InTrash, Since
from chat.admin.looking import Look, member
from chat.models import Project

# Members that a project's page names.
NAMED = 100


@admin.register(Project)
class ProjectAdmin(Look):
    """Its members and its trash are looked after on its own page, by its owners."""

    list_display = ["name", "slug", "people", "created_at", "updated_at", "deleted_at"]
    list_filter = [Since, InTrash]
    search_help_text = _("An id, an address, or words of its name")
    readonly_fields: ClassVar[Any] = ["taking_part", "page"]

    def within(self, rows: QuerySet[Project], request: HttpRequest) -> QuerySet[Project]:
        return rows.filter(pk__in=access.memberships(member(request)).values("project"))

    def listed(self, rows: QuerySet[Project]) -> QuerySet[Project]:
        return rows.annotate(people=Count("members")).defer("instructions")

    def called(self, words: str) -> Q:
        return Q(slug=words) | Q(name__icontains=words)

    @admin.display(description=_("people"))
    def people(self, project: Project) -> int:
        return int(getattr(project, "people", 0))

    @admin.display(description=_("people"))
    def taking_part(self, project: Project) -> SafeString:
        members = project.members.select_related("user").order_by("created_at", "user_id")[: NAMED + 1]
        lines = [(one.user.get_username(), one.standing.label) for one in members]
        named = format_html_join(", ", "{} ({})", lines[:NAMED])
        return format_html("{} {}", named, _now("and more") if len(lines) > NAMED else "")

    @admin.display(description=_("page"))
    def page(self, project: Project) -> SafeString:
        url = reverse("project", args=[project.slug])
        return format_html('<a href="{}">{}</a>', url, url)
