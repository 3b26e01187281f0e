"""Threads: the one conversation about an object outside, made when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from chat import access
from chat.errors import Conflict
from chat.models import Project, Role, Session, User
from chat.services.projects import create_project
from chat.services.sessions import create_session


def get_thread(
    *, user: User, slug: str, scope_type: str, scope_id: str, begun_with: Mapping[str, Any]
) -> tuple[Session, bool]:
    """The conversation about that object in the project `slug`, and whether it was made now.

    Of two who ask at once one makes it: a constraint decides. So it is with a project that is missing.

    Raises:
        Http404: the project is others'.
        NotAllowed: it is to be made, and the person may only read there.
        BadValue: that can be no slug.
    """
    scope = {"scope_type": scope_type, "scope_id": scope_id}
    project = access.find_project(user, slug, Role.VIEWER)
    if project and (found := _existing(project, scope).first()):
        return found, False
    project = project_for(user=user, slug=slug)
    try:
        with transaction.atomic():
            title = f"{scope_type} {scope_id}"[:200]
            made = create_session(
                owner=user,
                project=project,
                title=title,
                scope_type=scope_type,
                scope_id=scope_id,
                **begun_with,
            )
            return made, True
    except IntegrityError:
        return _existing(project, scope).get(), False


def _existing(project: Project, scope: Mapping[str, str]) -> QuerySet[Session]:
    return Session.objects.live().filter(project=project, **scope).select_related("project")


def project_for(*, user: User, slug: str) -> Project:
    """The project of that slug in which this person may write; made if nobody has it.

    Raises:
        Http404: it is others'.
        NotAllowed: the person may only read there.
        BadValue: that can be no slug.
    """
    if found := access.find_project(user, slug, Role.EDITOR):
        return found
    try:
        return create_project(owner=user, slug=slug)
    except Conflict:  # somebody was quicker
        return access.get_project(user, slug, Role.EDITOR)
