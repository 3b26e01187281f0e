"""Parley's own JSON: one conversation, or a list of them, with all that one can have.

It is written by the exports; what is added there is read here, and what is unknown here is left out.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from chat.importers import values
from chat.importers.archive import Archive
from chat.importers.conversation import Conversation, Edit, File, Given, Node, Remark
from chat.importers.trees import arranged, notes_of
from chat.parts import TOOLS, Part, stored, text_of

NAME = "parley"
LABEL = "Parley"
MESSAGES = ("messages", "*")
VERSION = 1
ROLES = frozenset({"user", "assistant", "system", "tool"})
VISIBILITIES = frozenset({"shown", "hidden", "internal"})
# What runs no more cannot be running here.
STATUSES = frozenset({"complete", "stopped", "interrupted", "error"})
# More than anybody is asked for one reply.
MAX_TRIED = 20
MAX_FALLBACKS = 3
STATES = frozenset({"pending", "running", "complete", "error"})
# How files were given to a model.
GIVEN = ("text", "cut", "picture", "document", "name")


def recognise(fields: Mapping[str, object]) -> bool:
    return fields.get("format") == NAME or (fields.get("session") is dict and "messages" in fields)


def read_message(_key: str | None, raw: object, archive: Archive) -> tuple[Node, ...]:
    message = values.mapping(raw)
    role = values.one_of(message.get("role"), ROLES)
    usage, timing = values.mapping(message.get("usage")), values.mapping(message.get("timing"))
    content, parts = _said(values.text(message.get("content")), message.get("parts"))
    node = Node(
        key=values.key(message.get("id")) or "",
        parent=values.key(message.get("parent_id")),
        role=role,
        content=content,
        parts=tuple(parts),
        status="complete" if role == "user" else values.one_of(message.get("status"), STATUSES, "stopped"),
        visibility=values.one_of(message.get("visibility"), VISIBILITIES, "shown"),
        provider=values.exact(message.get("provider"), 80),
        model=values.exact(message.get("model"), 200),
        finish_reason=values.exact(message.get("finish_reason"), 40),
        input_tokens=values.count(usage.get("input_tokens")),
        output_tokens=values.count(usage.get("output_tokens")),
        cost=values.money(usage.get("cost")),
        first_token_ms=values.count(timing.get("first_token_ms")),
        duration_ms=values.count(timing.get("duration_ms")),
        tokens_per_second=values.number(timing.get("tokens_per_second")),
        tried=tuple(_tried(message.get("tried"))),
        merged_from=tuple(_merged(message.get("merged_from"))),
        error=_error(message.get("error")),
        origin=values.key(message.get("origin_id")),
        created_at=values.moment(message.get("created_at")),
        updated_at=values.moment(message.get("updated_at")),
        files_given=tuple(_files_given(message)),
        files=tuple(_files(message.get("attachments"), archive)),
        edits=tuple(map(_edit, _each(message.get("edits")))),
        reactions=tuple(_reactions(message.get("reactions"))),
        remarks=tuple(_remarks(message.get("annotations"))),
        is_active=message.get("active") is True,
    )
    return (node,)


def read_conversation(raw: dict[str, Any]) -> Conversation:
    session = values.mapping(raw.get("session"))
    nodes = [node for one in values.items(raw.get("messages")) if isinstance(one, tuple) for node in one]
    created_at = values.moment(session.get("created_at"))
    active = {node.key: node.parent for node in nodes if node.is_active}
    inner = set(active.values())
    shown = next((key for key in active if key not in inner), None)
    tree = arranged(nodes, shown, begun_at=created_at)
    return Conversation(
        key=values.key(session.get("id")) or "",
        name=values.exact(session.get("name"), 200),
        nodes=tree.nodes,
        shown=None if shown is None else tree.shown,
        created_at=created_at,
        updated_at=values.moment(session.get("updated_at")),
        is_starred=session.get("starred") is True,
        is_archived=session.get("archived") is True,
        is_name_typed=session.get("name_typed") is not False,
        tags=_tags(session.get("tags")),
        provider=values.exact(session.get("provider"), 80),
        model=values.exact(session.get("model"), 200),
        settings=_settings(values.mapping(session.get("settings"))),
        fallbacks=tuple(_fallbacks(session.get("fallbacks"))),
        options=values.mapping(session.get("options")),
        total_tokens=values.count(session.get("total_tokens")),
        cost=values.money(session.get("cost")),
        project=values.exact(session.get("project"), 200) or None,
        parent=values.key(session.get("parent_id")),
        parent_point=values.key(session.get("parent_message_id")),
        branch_point=values.key(session.get("branch_message_id")),
        notes=notes_of(tree),
    )


def _each(value: object) -> Iterable[dict[str, Any]]:
    return map(values.mapping, values.items(value))


def _tags(raw: object) -> tuple[str, ...]:
    names = (values.exact(one, 60).strip() for one in values.items(raw))
    return tuple(dict.fromkeys(name for name in names if name))


def _said(content: str, raw: object) -> tuple[str, list[Part]]:
    """The content, and the parts as they are kept: none but thoughts beside a plain text."""
    parts = [part for one in _each(raw) if (part := _part(one))]
    kinds = [part["type"] for part in parts]
    thoughts = [part for part in parts if part["type"] == "reasoning"]
    if kinds in ([], ["text"], ["reasoning"], ["reasoning", "text"]):
        return content, thoughts
    if "text" not in kinds and parts[: len(thoughts)] == thoughts:
        return "", parts
    return text_of(parts), stored(parts)


def _part(raw: dict[str, Any]) -> Part | None:
    kind, state = raw.get("type"), values.one_of(raw.get("state"), STATES, "complete")
    if kind in ("text", "reasoning"):
        return {"type": kind, "state": state, "text": values.text(raw.get("text"))}
    if values.one_of(kind, TOOLS):
        return {**values.plain(raw), "state": state}
    return None


def _error(raw: object) -> dict[str, Any] | None:
    error = values.mapping(raw)
    if not error:
        return None
    told = {
        "title": values.exact(error.get("title"), 300),
        "detail": values.exact(error.get("detail"), 5000),
        "retryable": error.get("retryable") is True,
    }
    said = error.get("said")
    return {**told, "said": values.plain(said)} if isinstance(said, dict) else told


def _tried(raw: object) -> Iterable[dict[str, Any]]:
    for one in values.items(raw)[:MAX_TRIED]:
        entry = values.mapping(one)
        told = {**_model(entry), **(_error(entry) or {})}
        told.pop("retryable", None)
        if key := values.key(entry.get("message_id")):
            told["message_id"] = key
        yield told


def _merged(raw: object) -> Iterable[dict[str, Any]]:
    for one in _each(raw):
        yield {**_model(one), "message_id": values.key(one.get("message_id"))}


def _fallbacks(raw: object) -> Iterable[dict[str, str]]:
    found = (_model(values.mapping(one)) for one in values.items(raw)[:MAX_FALLBACKS])
    return (one for one in found if one["provider"])


def _model(raw: dict[str, Any]) -> dict[str, str]:
    return {
        "provider": values.exact(raw.get("provider"), 80),
        "model": values.exact(raw.get("model"), 200),
    }


def _files(raw: object, archive: Archive) -> Iterable[File]:
    """Their bytes stand in the document, or beside it in the zip."""
    for one in _each(raw):
        name, content, path = values.exact(one.get("name"), 255), one.get("content"), one.get("file")
        if isinstance(content, str):
            try:
                yield archive.keep(name, base64.b64decode(content, validate=True))
                continue
            except (binascii.Error, ValueError):
                pass
        yield archive.find(path, name) if isinstance(path, str) else File(name)


def _files_given(message: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for one in _each(values.mapping(message.get("context")).get("files")):
        if given := values.one_of(one.get("given"), GIVEN):
            name, why = values.exact(one.get("name"), 255), values.exact(one.get("why"), 500)
            yield {"name": name, "given": given, "why": why or None}


def _edit(raw: dict[str, Any]) -> Edit:
    user = values.exact(raw.get("user"), 150)
    return Edit(values.text(raw.get("content")), values.moment(raw.get("edited_at")), user)


def _reactions(raw: object) -> Iterable[Given]:
    """In the order in which each emoji was first given."""
    for one in _each(raw):
        for user in values.items(one.get("users")):
            given = Given(values.exact(one.get("emoji"), 20), values.exact(user, 150))
            if given.emoji and given.user:
                yield given


def _remarks(raw: object) -> Iterable[Remark]:
    for one in _each(raw):
        start, end = values.count(one.get("start")), values.count(one.get("end"))
        quote = values.text(one.get("quote"))
        has_span = start is not None and end is not None and start < end and quote != ""
        body = values.text(one.get("body"))
        if body:
            yield Remark(
                key=values.key(one.get("id")) or "",
                body=body,
                user=values.exact(one.get("user"), 150),
                start=start if has_span else None,
                end=end if has_span else None,
                quote=quote,
                prefix=values.exact(one.get("prefix"), 64),
                suffix=values.exact(one.get("suffix"), 64),
                created_at=values.moment(one.get("created_at")),
                edited_at=values.moment(one.get("edited_at")),
            )


def _settings(raw: dict[str, Any]) -> dict[str, Any]:
    """Those that there are, where they are what they should be."""
    temperature = values.number(raw.get("temperature"))
    found = {
        "temperature": temperature if temperature is not None and 0 <= temperature <= 2 else None,
        "max_tokens": values.count(raw.get("max_tokens")) or None,
        "system_prompt": values.text(raw.get("system_prompt")),
        "auto_context": raw.get("auto_context") is not False,
        "context_window": values.count(raw.get("context_window")),
    }
    return {name: value for name, value in found.items() if name in raw}
