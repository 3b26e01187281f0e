"""The writer of templates; conversations are begun and set by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.filling import filled, names_in
from chat.log import lock_session, message_note, record, session_note
from chat.models import Message, Session, Template, User
from chat.rendering import RENDERER_VERSION
from chat.services.content import Draft, draft_of
from chat.services.sessions import create_session, update_session
from chat.snapshot import MessageView
from chat.text import clean_text

MAX_MESSAGES = 50
MAX_VARIABLES = 30
MAX_VALUE_CHARS = 20_000
ROLES = (Message.Role.USER, Message.Role.ASSISTANT)
FIELDS = ("name", "description", "is_shared", "provider", "model", "settings", "messages", "variables")
Values = Mapping[str, str]


def save_template(*, owner: User, template: Template | None = None, values: dict[str, Any]) -> Template:
    """Make a template, or change what `values` names (of FIELDS) in one.

    What is to be filled in follows from the texts; `variables` says more of it, by name.

    Raises:
        BadValue: one of the values will not do.
    """
    template = template or Template(owner=owner)
    if values.get("is_shared") and not template.is_shared and not owner.is_staff:
        raise BadValue(_("Only staff can share a template with everybody."), field="shared")
    for field in FIELDS:
        if field in values:
            setattr(template, field, values[field])
    template.name = " ".join(clean_text(template.name).split())
    template.description = " ".join(clean_text(template.description).split())
    if not template.name:
        raise BadValue(_("A template needs a name."), field="name")
    template.messages = _checked_messages(template.messages)
    template.variables = variables_of(texts_of(template), template.variables)
    template.save()
    return template


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
        "label": clean_text(known.get("label", "")).strip() or name.replace("_", " "),
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
    copy = Template(owner=owner, **{field: getattr(template, field) for field in FIELDS})
    copy.name = _("%(name)s (copy)") % {"name": template.name[:100]}
    copy.is_shared = False
    copy.save()
    return copy


def delete_template(*, template: Template) -> None:
    """Put it away; it can be brought back."""
    template.deleted_at = timezone.now()
    template.save(update_fields=["deleted_at"])


def restore_template(*, template: Template) -> None:
    template.deleted_at = None
    template.save(update_fields=["deleted_at"])


def values_for(template: Template, given: Values) -> dict[str, str]:
    """What stands for each variable: what was given, else its default.

    Raises:
        BadValue: one is missing, or is none of its choices; `field` is "variables.NAME".
    """
    values = {}
    for variable in template.variables:
        name, label = variable["name"], variable["label"]
        value = clean_text(given.get(name, "")).strip() or variable["default"]
        if variable["required"] and not value:
            raise BadValue(_("Fill in “%(label)s”.") % {"label": label}, field=f"variables.{name}")
        if value and variable["choices"] and value not in variable["choices"]:
            words = _("Choose one of the values offered for “%(label)s”.") % {"label": label}
            raise BadValue(words, field=f"variables.{name}")
        if len(value) > MAX_VALUE_CHARS:
            raise BadValue(_("“%(label)s” is too long.") % {"label": label}, field=f"variables.{name}")
        values[name] = value
    return values


def drafts_of(template: Template, values: Values) -> list[tuple[str, Draft]]:
    """Its messages filled in and rendered, by role: before any transaction begins."""
    return [(one["role"], draft_of(filled(one["content"], values))) for one in template.messages]


def settings_of(template: Template, values: Values) -> dict[str, Any]:
    prompt = template.settings.get("system_prompt") or ""
    return {**template.settings, "system_prompt": filled(prompt, values)}


def begin_session(
    *,
    template: Template,
    owner: User,
    values: Values,
    messages: Sequence[tuple[str, Draft]],
    changes: Mapping[str, Any] | None = None,
    is_temporary: bool = False,
) -> Session:
    """A new session as the template says; what `changes` names is as it says. No model is asked."""
    changes = changes or {}
    with transaction.atomic():
        session = create_session(
            owner=owner,
            name=changes.get("name") or "",
            provider=changes.get("provider") or template.provider,
            model=changes.get("model") or ("" if changes.get("provider") else template.model),
            settings={**settings_of(template, values), **(changes.get("settings") or {})},
            is_temporary=is_temporary,
        )
        _say(session, owner, messages)
        _count_use(template)
    return session


def apply_template(*, template: Template, session: Session, values: Values) -> Session:
    """Set a running session as the template says; its messages stay as they are."""
    changes: dict[str, Any] = {"settings": settings_of(template, values)}
    if template.provider or template.model:
        changes |= {"provider": template.provider, "model": template.model}
    with transaction.atomic():
        _count_use(template)
        return update_session(session=session, changes=changes)


def _say(session: Session, owner: User, messages: Sequence[tuple[str, Draft]]) -> None:
    """Write what was said before one begins."""
    if not messages:
        return
    locked = lock_session(session.pk)
    rows: list[Message] = []
    for depth, (role, draft) in enumerate(messages):
        rows.append(
            Message(
                id=draft.id,
                session=locked,
                parent=rows[-1] if rows else None,
                depth=depth,
                role=role,
                author=owner if role == Message.Role.USER else None,
                content=draft.content,
                html=draft.html,
                html_version=RENDERER_VERSION,
            )
        )
    Message.objects.bulk_create(rows)
    locked.message_count = session.message_count = len(rows)
    notes = [message_note("created", MessageView(row, row.content, alternatives=(row.pk,))) for row in rows]
    record(locked, *notes, session_note(locked), changed=["message_count"])
    session.last_event_id = locked.last_event_id


def _count_use(template: Template) -> None:
    used = Template.objects.filter(pk=template.pk)
    used.update(use_count=F("use_count") + 1, last_used_at=timezone.now())
