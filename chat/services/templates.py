"""The writer of templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from chat import access, audit
from chat.errors import BadValue
from chat.filling import names_in
from chat.models import TEMPLATE_CONTENT, Message, Template, TemplateVersion, User
from chat.services.session_options import known_options, merged_options
from chat.services.standing_in import stand_ins
from chat.services.tools import server_key
from chat.text import clean_text
from chat.versions import Check, unchecked

MAX_MESSAGES = 50
MAX_VARIABLES = 30
MAX_TOOLS = 200
ROLES = (Message.Role.USER, Message.Role.ASSISTANT)
FIELDS = (*TEMPLATE_CONTENT, "is_shared")


def save_template(
    *,
    owner: User,
    template: Template | None = None,
    values: dict[str, Any],
    is_merge: bool = False,
    check: Check[Template] = unchecked,
    restored_from: int | None = None,
) -> Template:
    """Make a template, or let `owner`, who may also be one of its editors, change what `values` names (of
    FIELDS) in one; `is_merge`: also within `settings` and `options`.

    What is to be filled in follows from the texts; `variables` says more of it, by name. What it said before
    stays as a version; where nothing that it says is new, there is no new one.

    Raises:
        BadValue: one of the values will not do.
        ChangedMeanwhile: by the `check`.
    """
    with transaction.atomic():
        row = _locked(template, check) if template else Template(owner=owner, version=0)
        before = _compared(row)
        _set(row, owner, values, is_merge=is_merge)
        is_new = not row.version or _compared(row) != before
        row.version += is_new
        # How often it was used, and whether it was put away since, is not said here.
        changed = [*FIELDS, "version", "updated_at"] if is_new else ["is_shared", "updated_at"]
        row.save(update_fields=changed if template else None)
        if is_new:
            _keep_version(row, owner, restored_from)
        action = audit.Action.TEMPLATE_CHANGED if template else audit.Action.TEMPLATE_MADE
        audit.note(action, row, version=row.version)
    return row


def restore_version(
    *, version: TemplateVersion, editor: User, check: Check[Template] = unchecked
) -> Template:
    """Let a template say what it said then: as a new version, so that those between stay too.

    Raises:
        ChangedMeanwhile: by the `check`.
    """
    return save_template(
        owner=editor,
        template=version.template,
        values={**version.says.content, "options": known_options(version.says.options)},
        check=check,
        restored_from=version.number,
    )


def _compared(template: Template) -> dict[str, Any]:
    """What it says; a setting that is not there is the same as its default."""
    return {**template.content, "settings": template.all_settings}


def _keep_version(template: Template, author: User, restored_from: int | None = None) -> None:
    TemplateVersion.objects.create(
        template=template,
        number=template.version,
        author=author,
        content=template.content,
        restored_from=restored_from,
    )


def _locked(template: Template, check: Check[Template]) -> Template:
    row = access.locked(template)
    check(row)
    return row


def _set(template: Template, owner: User, values: dict[str, Any], *, is_merge: bool) -> None:
    if is_merge and "settings" in values:
        values = {**values, "settings": {**template.settings, **values["settings"]}}
    if "options" in values:
        old = template.options if is_merge else {}
        values = {**values, "options": merged_options(old, values["options"])}
    is_shared = values.get("is_shared", template.is_shared)
    if is_shared != template.is_shared and owner.pk != template.owner_id:
        raise BadValue(_("Only its owner says whether it is for everybody."), field="shared")
    if is_shared and not template.is_shared and not owner.is_staff:
        raise BadValue(_("Only staff can share a template with everybody."), field="shared")
    for field in FIELDS:
        if field in values:
            setattr(template, field, values[field])
    template.name = " ".join(clean_text(template.name).split())
    template.description = " ".join(clean_text(template.description).split())
    if not template.name:
        raise BadValue(_("A template needs a name."), field="name")
    template.fallbacks = stand_ins(template.fallbacks)
    template.tools = checked_choice(template.tools)
    template.messages = _checked_messages(template.messages)
    template.variables = variables_of(texts_of(template), template.variables)


def checked_choice(tools: Mapping[str, bool]) -> dict[str, bool]:
    """Raises BadValue for what is no server's key, or too much."""
    if len(tools) > MAX_TOOLS or not all(server_key(key) == key for key in tools):
        raise BadValue(_("That is no server of tools."), field="tools")
    return dict(tools)


def texts_of(template: Template) -> list[str]:
    """Where variables may stand."""
    return [template.settings.get("system_prompt") or "", *(one["content"] for one in template.messages)]


def variables_of(texts: Sequence[str], known: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is to be filled in in the texts, with what is known of it.

    Raises:
        BadValue: there is too much of it.
    """
    names = names_in(texts)
    if len(names) > MAX_VARIABLES:
        words = _("A template can have %(count)s variables.") % {"count": MAX_VARIABLES}
        raise BadValue(words, field="variables")
    by_name = {one["name"]: one for one in known}
    return [_variable(name, by_name.get(name, {})) for name in names]


def _variable(name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    choices = [choice for one in known.get("choices", ()) if (choice := clean_text(one).strip())]
    default = clean_text(known.get("default", "")).strip()
    return {
        "name": name,
        "label": clean_text(known.get("label", "")).strip() or capfirst(name.replace("_", " ")),
        "default": default if not choices or default in choices else "",
        "choices": choices,
        "required": bool(known.get("required", True)),
    }


def _checked_messages(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    if len(messages) > MAX_MESSAGES:
        words = _("A template can have %(count)s messages.") % {"count": MAX_MESSAGES}
        raise BadValue(words, field="messages")
    checked = [{"role": one["role"], "content": clean_text(one["content"])} for one in messages]
    for one in checked:
        if one["role"] not in ROLES or not one["content"].strip():
            raise BadValue(_("A message is of “user” or “assistant”, and not blank."), field="messages")
    return checked


def duplicate_template(*, template: Template, owner: User) -> Template:
    """A copy of one's own, also of one that another shares."""
    copy = Template(owner=owner, **template.content)
    copy.name = _("%(name)s (copy)") % {"name": template.name[:100]}
    with transaction.atomic():
        copy.save()
        _keep_version(copy, owner)
        audit.note(audit.Action.TEMPLATE_MADE, copy, source=str(template.pk))
    return copy


def delete_template(*, template: Template, check: Check[Template] = unchecked) -> None:
    """Put it away; it can be brought back.

    Raises:
        ChangedMeanwhile: by the `check`.
    """
    with transaction.atomic():
        row = _locked(template, check)
        row.deleted_at = timezone.now()
        row.save(update_fields=["deleted_at"])
        audit.note(audit.Action.TEMPLATE_DELETED, row)


def restore_template(*, template: Template) -> Template:
    with transaction.atomic():
        row = access.locked(template)
        row.deleted_at = None
        row.save(update_fields=["deleted_at"])
        audit.note(audit.Action.TEMPLATE_RESTORED, row)
    return row
