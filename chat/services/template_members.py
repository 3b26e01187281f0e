"""Whom a template is given to: to use it, or also to change it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chat import access, audit
from chat.errors import BadValue
from chat.models import TEMPLATE_ROLES, Role, Template, TemplateMember, User


def set_template_member(*, template: Template, user: User, role: Role) -> TemplateMember:
    """Give a person the template with that role.

    Raises:
        BadValue: it is theirs, or there is no such role on a template.
    """
    if user.pk == template.owner_id:
        raise BadValue(_("It is theirs already."), field="username")
    if role not in TEMPLATE_ROLES:
        raise BadValue(_("Of a template people are viewers or editors."), field="role")
    with transaction.atomic():
        access.locked(template)
        member, _is_new = TemplateMember.objects.update_or_create(
            template=template, user=user, defaults={"role": role}
        )
        audit.note(audit.Action.TEMPLATE_GIVEN, template, user=str(user.pk), role=role)
    return member


def remove_template_member(*, template: Template, user: User) -> None:
    """Take the template from a person; what they began with it, and their copies, stay theirs.

    Raises:
        BadValue: they never had it, or it is theirs.
    """
    with transaction.atomic():
        access.locked(template)
        count, _rows = TemplateMember.objects.filter(template=template, user=user).delete()
        if not count:
            raise BadValue(_("They have no part in this template."), field="username")
        audit.note(audit.Action.TEMPLATE_TAKEN, template, user=str(user.pk))
