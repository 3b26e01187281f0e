"""Projects: made, changed, put away and brought back; who takes part in them."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chat import access, audit
from chat.errors import BadValue, Conflict
from chat.models import Project, ProjectMember, Role, User
from chat.text import clean_text
from chat.versions import Check, unchecked

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
SLUG_CHARS = 80
FIELDS = ("name", "description", "instructions")


def create_project(*, owner: User, name: str = "", slug: str = "", **values: str) -> Project:
    """A project with its first member; without a slug its name makes one, without a name its slug is that.

    Raises:
        BadValue: neither is given, or the slug cannot stand in an address.
        Conflict: a project has that slug already.
    """
    name = clean_text(name).strip() or slug
    if not name:
        raise BadValue(_("A project needs a name."), field="name")
    if slug and not SLUG.fullmatch(slug):
        words = _("A slug is made of letters, digits, “.”, “-” and “_”, up to 80 of them.")
        raise BadValue(words, field="slug")
    rest = {key: clean_text(value).strip() for key, value in values.items()}
    try:
        with transaction.atomic():
            project = Project.objects.create(name=name[:120], slug=slug or _free_slug(name), **rest)
            ProjectMember.objects.create(project=project, user=owner, role=Role.OWNER)
            audit.note(audit.Action.PROJECT_MADE, project)
    except IntegrityError as error:
        raise Conflict(_("There is a project with this slug already."), field="slug") from error
    return project


def change_project(
    *, project: Project, changes: dict[str, Any], check: Check[Project] = unchecked
) -> Project:
    """Set those of FIELDS that `changes` names.

    Raises:
        BadValue: the name would be blank.
        ChangedMeanwhile: by the `check`.
    """
    with transaction.atomic():
        row = _locked(project, check)
        for field in FIELDS:
            if field in changes:
                setattr(row, field, clean_text(changes[field]).strip())
        if not row.name:
            raise BadValue(_("A project needs a name."), field="name")
        row.save(update_fields=[*FIELDS, "updated_at"])
        audit.note(audit.Action.PROJECT_CHANGED, row, fields=sorted(changes))
    return row


def _locked(project: Project, check: Check[Project]) -> Project:
    row = access.locked(project)
    check(row)
    return row


def delete_project(*, project: Project, check: Check[Project] = unchecked) -> None:
    """Put a project away. Its conversations stay, each with its owner alone, until it is brought back.

    Raises:
        ChangedMeanwhile: by the `check`.
    """
    with transaction.atomic():
        row = _locked(project, check)
        row.deleted_at = row.deleted_at or timezone.now()
        row.save(update_fields=["deleted_at"])
        audit.note(audit.Action.PROJECT_DELETED, row)


def restore_project(*, project: Project) -> Project:
    """Bring a project back, with its members and conversations.

    Raises:
        Conflict: another project has its slug by now.
    """
    try:
        with transaction.atomic():
            row = access.locked(project)
            row.deleted_at = None
            row.save(update_fields=["deleted_at"])
            audit.note(audit.Action.PROJECT_RESTORED, row)
    except IntegrityError as error:
        raise Conflict(_("Another project has this one’s slug by now."), field="slug") from error
    return row


def set_member(*, project: Project, user: User, role: Role) -> ProjectMember:
    """Let a person take part with that role.

    Raises:
        Conflict: nobody would own the project.
    """
    with transaction.atomic():
        members = _locked_members(project)
        if role is not Role.OWNER:
            _keep_an_owner(members, user)
        member, _is_new = members.update_or_create(project=project, user=user, defaults={"role": role})
        audit.note(audit.Action.MEMBER_SET, project, user=str(user.pk), role=role)
    return member


def remove_member(*, project: Project, user: User) -> None:
    """Take a person out of the project; what they own in it stays theirs.

    Raises:
        Conflict: nobody would own the project.
    """
    with transaction.atomic():
        members = _locked_members(project)
        _keep_an_owner(members, user)
        members.filter(user=user).delete()
        audit.note(audit.Action.MEMBER_REMOVED, project, user=str(user.pk))


def _locked_members(project: Project) -> QuerySet[ProjectMember]:
    """Two owners who leave at once must not leave it without any."""
    access.locked(project)
    return ProjectMember.objects.filter(project=project)


def _keep_an_owner(members: QuerySet[ProjectMember], leaving: User) -> None:
    owners = set(members.filter(role=Role.OWNER).values_list("user_id", flat=True))
    if owners == {leaving.pk}:
        raise Conflict(_("A project needs an owner. Make somebody else its owner first."), field="role")


def _free_slug(name: str) -> str:
    """Of the name, with a number where that is taken; a name without a letter of ASCII is a “project”."""
    base = slugify(name)[: SLUG_CHARS - 8].strip("-_") or "project"
    similar = Project.objects.live().filter(slug__startswith=base)
    taken = set(similar.values_list("slug", flat=True))
    number = next(number for number in range(1, len(taken) + 2) if _numbered(base, number) not in taken)
    return _numbered(base, number)


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}-{number}"
