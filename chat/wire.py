"""Rows as the JSON of the contract: one shape for the API, the streams and the exports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from chat.models import (
    Annotation,
    Attachment,
    Message,
    MessageEdit,
    Project,
    Reaction,
    Role,
    Session,
    SessionTag,
    Template,
    TemplateVersion,
    User,
)
from chat.models.prepared import Prepared
from chat.parts import is_whole, tools_of, woven
from chat.snapshot import MessageView


def session_json(session: Session) -> dict[str, Any]:
    """A Session. Its tags and its project are read with a query unless they were fetched with it."""
    return {
        "id": str(session.id),
        "name": session.name,
        "provider": session.provider or None,
        "model": session.model or None,
        "settings": session.all_settings,
        "fallbacks": session.fallbacks,
        "options": session.options,
        "message_count": session.message_count,
        "total_tokens": session.total_tokens,
        "cost": money_json(session.cost),
        "tags": tags_of(session),
        "starred": session.is_starred,
        "archived": session.is_archived,
        "follow_ups": session.follow_ups or None,
        "parent_id": _text(session.parent_id),
        "project": _slug(session.project),
        "scope_type": session.scope_type,
        "scope_id": session.scope_id,
        "created_at": time_json(session.created_at),
        "updated_at": time_json(session.updated_at),
    }


def tags_of(session: Session) -> list[str]:
    """In order; without a query where they were fetched with it."""
    fetched = getattr(session, "_prefetched_objects_cache", {})
    found = (tag.name for tag in session.tags.all()) if "tags" in fetched else _tags_of(session.pk)
    return sorted(found)


_tags_of = Prepared(
    lambda session: SessionTag.objects.filter(session=session).values_list("name", flat=True), UUID
)


def message_json(view: MessageView) -> dict[str, Any]:
    """A Message, of a running reply with the content saved so far."""
    row = view.message
    return message_values(view) | {
        "id": str(row.id),
        "session_id": str(row.session_id),
        "parent_id": _text(row.parent_id),
        "alternatives": [str(sibling) for sibling in view.alternatives],
        "created_at": time_json(row.created_at),
        "updated_at": time_json(row.updated_at),
    }


def message_values(view: MessageView) -> dict[str, Any]:
    """The same with ids and times as they are: to make texts of them takes half of the time."""
    row = view.message
    return {
        "id": row.id,
        "session_id": row.session_id,
        "parent_id": row.parent_id,
        "role": row.role,
        "content": view.content,
        "parts": parts_json(view),
        "status": row.status,
        "visibility": row.visibility,
        "provider": row.provider or None,
        "model": row.model or None,
        "finish_reason": row.finish_reason or None,
        "usage": _usage(row),
        "timing": _timing(row),
        "attachments": [attachment_json(attachment) for attachment in view.attachments],
        "reactions": reactions_json(view.reactions),
        "annotations": [annotation_json(annotation) for annotation in view.annotations],
        "edits": [_edit(edit) for edit in view.edits],
        "alternatives": view.alternatives,
        "context": {"activity_events": [], "plugin_commands": [], "files": row.files_given},
        "tried": [tried_json(one) for one in row.tried],
        "merged_from": row.merged_from or [],
        "error": error_json(row.error),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _edit(edit: MessageEdit) -> dict[str, Any]:
    return {"content": edit.content, "edited_at": time_json(edit.edited_at), "user": edit.who or None}


def error_json(error: dict[str, Any] | None) -> dict[str, Any] | None:
    """An error in English, without what is kept beside it for people who read another language."""
    return error and {name: value for name, value in error.items() if name != "said"}


def tried_json(entry: dict[str, Any]) -> dict[str, Any]:
    """One who was asked and did not answer; `message_id` is what there is of the reply that broke off."""
    told = {name: entry[name] for name in ("provider", "model", "title", "detail")}
    return {**told, "message_id": entry.get("message_id")}


def parts_json(view: MessageView) -> list[dict[str, Any]]:
    """The parts in order: as stored where that is all of it, else what was thought, then the text."""
    if is_whole(view.message.parts):
        return [*view.message.parts]
    if view.message.is_running and view.message.parts:
        return woven(view.message.parts, view.content, view.reasoning)
    state = _part_state(view.message)
    parts: list[dict[str, Any]] = []
    if view.reasoning:
        thinking = "running" if view.message.is_running and not view.content else "complete"
        parts.append({"type": "reasoning", "state": thinking, "text": view.reasoning})
    tools = tools_of(view.message.parts)
    if view.content or not (parts or tools):
        parts.append({"type": "text", "state": state, "text": view.content})
    return [*parts, *tools]


def attachment_json(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": str(attachment.id),
        "kind": attachment.kind,
        "name": attachment.name,
        "size": attachment.size,
        "mime_type": attachment.mime_type,
    }


def reactions_json(reactions: Iterable[Reaction]) -> list[dict[str, Any]]:
    """One entry for each emoji, in the order in which they came; `users` are names, in that order too."""
    users: dict[str, list[str]] = {}
    for reaction in reactions:
        users.setdefault(reaction.emoji, []).append(reaction.who)
    return [{"emoji": emoji, "count": len(names), "users": names} for emoji, names in users.items()]


def annotation_json(annotation: Annotation) -> dict[str, Any]:
    """An Annotation. With a quote and no offsets, its passage is in the message no more."""
    return {
        "id": str(annotation.id),
        "message_id": str(annotation.message_id),
        "body": annotation.body,
        "start": annotation.start,
        "end": annotation.end,
        "quote": annotation.quote or None,
        "user": annotation.who or None,
        "created_at": time_json(annotation.created_at),
        "edited_at": time_json(annotation.edited_at) if annotation.edited_at else None,
    }


def template_json(template: Template, viewer: User) -> dict[str, Any]:
    """A Template as one sees it who may use it. Its members are read with a query unless prefetched.

    They are shown to those who were given it, and not to all who have it because everybody has.
    """
    role = template.role_of(viewer)
    people = sorted(template.members.all(), key=lambda member: member.user.get_username()) if role else []
    return {
        "id": str(template.id),
        "name": template.name,
        "description": template.description,
        "shared": template.is_shared,
        "owner": template.owner.get_username(),
        "own": template.owner_id == viewer.pk,
        "role": role or Role.VIEWER,
        "members": [{"username": member.user.get_username(), "role": member.role} for member in people],
        "provider": template.provider or None,
        "model": template.model or None,
        "settings": template.all_settings,
        "options": template.options,
        "fallbacks": template.fallbacks,
        "tools": template.tools,
        "messages": template.messages,
        "variables": template.variables,
        "version": template.version,
        "use_count": template.use_count,
        "last_used_at": time_json(template.last_used_at) if template.last_used_at else None,
        "created_at": time_json(template.created_at),
        "updated_at": time_json(template.updated_at),
    }


def template_version_json(version: TemplateVersion) -> dict[str, Any]:
    """What a template said, with who said so; its author was read with it."""
    says = version.says
    return {
        "number": version.number,
        "author": version.who or None,
        "restored_from": version.restored_from,
        "created_at": time_json(version.created_at),
        **says.content,
        "provider": says.provider or None,
        "model": says.model or None,
        "settings": says.all_settings,
    }


def project_json(project: Project, viewer: User) -> dict[str, Any]:
    """A Project as its member sees it. Its members are read with a query unless they were prefetched."""
    members = sorted(project.members.all(), key=lambda member: member.user.get_username())
    own = [member.role for member in members if member.user_id == viewer.pk]
    return {
        "slug": project.slug,
        "name": project.name,
        "description": project.description,
        "instructions": project.instructions,
        "role": own[0] if own else Role.VIEWER,  # they were taken out while it was read
        "members": [{"username": member.user.get_username(), "role": member.role} for member in members],
        "created_at": time_json(project.created_at),
        "updated_at": time_json(project.updated_at),
    }


_PART_STATES = {
    Message.Status.PENDING.value: "pending",
    Message.Status.STREAMING.value: "running",
    Message.Status.ERROR.value: "error",
}


def _part_state(message: Message) -> str:
    return _PART_STATES.get(message.status, "complete")


def _usage(row: Message) -> dict[str, Any] | None:
    if row.input_tokens is None and row.output_tokens is None:
        return None
    return {
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cost": money_json(row.cost),
    }


def _timing(row: Message) -> dict[str, Any] | None:
    if row.duration_ms is None:
        return None
    return {
        "first_token_ms": row.first_token_ms,
        "duration_ms": row.duration_ms,
        "tokens_per_second": row.tokens_per_second,
    }


def time_json(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def money_json(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.normalize():f}"


def _slug(project: Project | None) -> str | None:
    """A project that was deleted is none until it is brought back."""
    return project.slug if project is not None and project.deleted_at is None else None


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
