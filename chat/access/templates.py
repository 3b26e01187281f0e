"""The door to templates: one's own, those that one was given, and those that are for everybody."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from chat.access.granting import granted
from chat.access.standing import demand
from chat.models import Role, Session, Template, TemplateMember, TemplateVersion, User


def templates_for(user: User) -> QuerySet[Template]:
    """The templates that this person may use; with their owners."""
    given = TemplateMember.objects.filter(user=user).values("template_id")
    usable = Q(owner_id=user.pk) | Q(is_shared=True) | Q(pk__in=given)
    return Template.objects.live().filter(usable).select_related("owner")


def get_template(
    user: User, template_id: UUID, needed: Role = Role.VIEWER, *, deleted: bool = False
) -> Template:
    """A template that one may use, or with `needed` more than that; `deleted`: also one's own deleted one.

    Raises:
        Http404: there is none, or it is another's, who has not given it to this person.
        NotAllowed: the person's role is less than `needed`.
    """
    template = get_object_or_404(Template.objects.select_related("owner"), id=template_id)
    return granted(template, partial(_ask, user, needed, deleted=deleted))


def _ask(user: User, needed: Role, template: Template, *, deleted: bool) -> None:
    role = template.role_of(user)
    if template.deleted_at is not None and not (deleted and role is Role.OWNER):
        raise Http404
    if role is not None or not template.is_shared or needed is not Role.VIEWER:
        demand(role, needed)


def get_template_version(user: User, template_id: UUID, number: int) -> TemplateVersion:
    """A version of a template that one may change.

    Raises:
        Http404: there is none, or it is another's.
        NotAllowed: the person may only use it.
    """
    template = get_template(user, template_id, Role.EDITOR)
    version = get_object_or_404(template.versions.select_related("author"), number=number)
    version.template = template
    return version


def begun_from(user: User, session: Session) -> TemplateVersion | None:
    """The version of a template that the conversation began with, if the person may use that template."""
    if session.template_version_id is None:
        return None
    found = TemplateVersion.objects.filter(pk=session.template_version_id, template__in=templates_for(user))
    return found.select_related("template").first()
