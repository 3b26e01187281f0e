"""The door to projects."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet
from django.http import Http404

from chat.access.granting import granted
from chat.access.standing import demand
from chat.models import Project, Role, User
from chat.text import clean_text


def projects_of(user: User) -> QuerySet[Project]:
    """The projects in which this person takes part, no deleted ones."""
    return Project.objects.live().filter(members__user=user)


def writable_projects(user: User) -> QuerySet[Project]:
    """Those of them into which this person may bring conversations, by name."""
    writing = Project.objects.live().filter(members__user=user, members__role__in=[Role.EDITOR, Role.OWNER])
    return writing.order_by("name", "id")


def get_project(user: User, slug: str, needed: Role, *, deleted: bool = False) -> Project:
    """The project of that slug, for its owners also a deleted one if `deleted`.

    Raises:
        Http404: there is none, or this person is a stranger to it.
        NotAllowed: the person's role is less than `needed`.
    """
    return find_project(user, slug, needed, deleted=deleted) or _none()


def find_project(user: User, slug: str, needed: Role, *, deleted: bool = False) -> Project | None:
    """As `get_project`, but None where nobody has a project of that slug."""
    projects = Project.objects.filter(slug=clean_text(slug))
    found = projects.live().first() or (projects.order_by("-deleted_at").first() if deleted else None)
    return found and granted(found, partial(_ask, user, needed, deleted=deleted))


def _ask(user: User, needed: Role, project: Project, *, deleted: bool) -> None:
    member = project.members.filter(user=user).first()
    role = member.standing if member else None
    if project.deleted_at is not None and not (deleted and role is Role.OWNER):
        raise Http404
    demand(role, needed)


def _none() -> Project:
    raise Http404
