"""Open WebUI's chats, all of them or single ones: a tree of messages, each a text with HTML in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from chat.importers import values
from chat.importers.archive import Archive
from chat.importers.blocks import messages_of
from chat.importers.conversation import Conversation, Node
from chat.importers.openwebui_content import blocks_of, files_of, usage_of
from chat.importers.trees import arranged, notes_of

NAME = "openwebui"
LABEL = "Open WebUI"
MESSAGES = ("chat", "history", "messages", "*")
ROLES = frozenset({"user", "assistant", "system", "tool"})


def recognise(fields: Mapping[str, object]) -> bool:
    return fields.get("chat") is dict


def read_message(key: str | None, raw: object, archive: Archive) -> tuple[Node, ...]:
    """A message: it becomes several where tools were called in it."""
    message = values.mapping(raw)
    at = values.moment(message.get("timestamp"))
    role = values.one_of(message.get("role"), ROLES)
    is_reply = role == "assistant"
    error = _error(message.get("error")) if is_reply else None
    first = Node(
        key=key or values.key(message.get("id")) or "",
        parent=values.key(message.get("parentId")),
        role=role,
        status="error" if error else "stopped" if is_reply and message.get("done") is False else "complete",
        error=error,
        model=values.line(message.get("model"), 200) if is_reply else "",
        created_at=at,
        updated_at=at,
        files=tuple(files_of(message, archive)),
        **(usage_of(message) if is_reply else {}),
    )
    return messages_of(first, blocks_of(message.get("content"))) if role else (first,)


def read_conversation(raw: dict[str, Any]) -> Conversation:
    chat = values.mapping(raw.get("chat"))
    history = values.mapping(chat.get("history"))
    chains = [one for one in values.mapping(history.get("messages")).values() if isinstance(one, tuple)]
    created_at = values.moment(raw.get("created_at")) or values.moment(chat.get("timestamp"))
    ends = {chain[0].key: chain[-1].key for chain in chains}
    shown = values.key(history.get("currentId"))
    tree = arranged(_linked(chains, ends), ends.get(shown or ""), begun_at=created_at)
    system = values.text(values.mapping(chat.get("params")).get("system")) or values.text(chat.get("system"))
    return Conversation(
        key=values.key(raw.get("id")) or values.key(chat.get("id")) or "",
        name=values.line(raw.get("title"), 200) or values.line(chat.get("title"), 200),
        nodes=tree.nodes,
        shown=tree.shown,
        created_at=created_at,
        updated_at=values.moment(raw.get("updated_at")),
        is_starred=raw.get("pinned") is True,
        is_archived=raw.get("archived") is True,
        tags=_tags(raw, chat),
        settings={"system_prompt": system} if system else {},
        notes=notes_of(tree),
    )


def _linked(chains: list[tuple[Node, ...]], ends: dict[str, str]) -> Iterable[Node]:
    for chain in chains:
        first = chain[0]
        yield replace(first, parent=ends.get(first.parent or "", first.parent))
        yield from chain[1:]


def _error(raw: object) -> dict[str, Any] | None:
    if not raw:
        return None
    said = raw if isinstance(raw, str) else values.mapping(raw).get("content")
    detail = values.line(said, 2000)
    return {"title": "The reply failed", "detail": detail, "retryable": True}


def _tags(raw: dict[str, Any], chat: dict[str, Any]) -> tuple[str, ...]:
    found = [*values.items(values.mapping(raw.get("meta")).get("tags")), *values.items(chat.get("tags"))]
    names = (
        values.line(values.mapping(one).get("name") if isinstance(one, dict) else one, 60) for one in found
    )
    return tuple(dict.fromkeys(name for name in names if name))
