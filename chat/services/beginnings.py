"""Conversations begun and set by templates: what is to be filled in is checked, filled in, and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.errors import BadValue, TooLong
from chat.filling import filled, filled_length
from chat.index import index_messages
from chat.log import lock_session, message_note, record, session_note
from chat.models import Message, Session, Template, TemplateVersion, User
from chat.rendering import RENDERER_VERSION
from chat.services.content import Draft, draft_of
from chat.services.session_options import known_options, merged_options
from chat.services.sessions import create_session, update_session
from chat.services.tools import switchable
from chat.snapshot import MessageView
from chat.text import clean_text

MAX_VALUE_CHARS = 20_000
Values = Mapping[str, str]


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
    texts = [(one["role"], _filled(one["content"], values, template.name)) for one in template.messages]
    return [(role, draft_of(text)) for role, text in texts]


def settings_of(template: Template, values: Values) -> dict[str, Any]:
    prompt = template.settings.get("system_prompt") or ""
    return {**template.settings, "system_prompt": _filled(prompt, values, _("System prompt"))}


def _filled(text: str, values: Values, label: str) -> str:
    """Raises TooLong where it would be more than anybody may type."""
    if filled_length(text, values) > settings.MESSAGE_MAX_CHARS:
        raise TooLong(_("“%(label)s” is too long.") % {"label": label}, field="variables")
    return filled(text, values)


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
            fallbacks=changes.get("fallbacks", template.fallbacks),
            options=merged_options(known_options(template.options), changes.get("options") or {}),
            is_temporary=is_temporary,
            project=changes.get("project"),
            template_version=_version_of(template),
            tools=_tools_for(owner, template),
        )
        _say(session, owner, messages)
        _count_use(template)
    return session


def apply_template(*, template: Template, session: Session, user: User, values: Values) -> Session:
    """Set a running session as the template says; its messages stay as they are."""
    changes: dict[str, Any] = {
        "settings": settings_of(template, values),
        "options": known_options(template.options),
    }
    if template.provider or template.model:
        changes |= {"provider": template.provider, "model": template.model}
    if template.fallbacks:
        changes["fallbacks"] = template.fallbacks
    with transaction.atomic():
        _count_use(template)
        session = update_session(session=session, changes=changes)
        session.template_version = _version_of(template)
        session.tools = {**session.tools, **_tools_for(user, template)}
        session.save(update_fields=["template_version", "tools"])
        return session


def _tools_for(user: User, template: Template) -> dict[str, bool]:
    """What it says of servers that this person has: nobody switches somebody else's by a template."""
    keys = switchable(user)
    return {key: is_on for key, is_on in template.tools.items() if key in keys}


def _version_of(template: Template) -> TemplateVersion | None:
    """The version that it was read as: somebody may have saved another one since."""
    return TemplateVersion.objects.filter(template=template, number=template.version).first()


def _say(session: Session, owner: User, messages: Sequence[tuple[str, Draft]]) -> None:
    """Write what was said before one begins."""
    if not messages:
        return
    locked = lock_session(session)
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
    analyses = [draft.analysis for _role, draft in messages]
    index_messages(locked, zip(rows, analyses, strict=True))
    locked.message_count = session.message_count = len(rows)
    views = [MessageView(row, row.content, alternatives=(row.pk,)) for row in rows]
    notes = [message_note("created", view, is_whole=True) for view in views]
    record(locked, *notes, session_note(locked), changed=["message_count"])
    session.last_event_id = locked.last_event_id


def _count_use(template: Template) -> None:
    used = Template.objects.filter(pk=template.pk)
    used.update(use_count=F("use_count") + 1, last_used_at=timezone.now())
