"""Whose sums of what models took a person may see: one's own, and administrators everybody's."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chat.access.projects import projects_of
from chat.errors import NotAllowed
from chat.models import Project, UsageDay, User


def usage_of(user: User) -> QuerySet[UsageDay]:
    """One's own."""
    return UsageDay.objects.filter(user=user)


def usage_of_all(user: User) -> QuerySet[UsageDay]:
    """Everybody's.

    Raises:
        NotAllowed: to who is no administrator.
    """
    if not user.is_superuser:
        raise NotAllowed(_("Only administrators see what others take."))
    return UsageDay.objects.all()


def project_names(user: User, keys: list[UUID]) -> dict[UUID, str]:
    """The names of those among the projects that the person may know."""
    return dict(_known(user).filter(pk__in=keys).values_list("pk", "name"))


def project_slugs(user: User, keys: list[UUID]) -> dict[UUID, str]:
    """The same, as programs call them."""
    return dict(_known(user).filter(pk__in=keys).values_list("pk", "slug"))


def _known(user: User) -> QuerySet[Project]:
    return Project.objects.live() if user.is_superuser else projects_of(user)
