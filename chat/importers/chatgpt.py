"""ChatGPT's account export: a tree of nodes, in which tools and thoughts have nodes of their own.

Nobody documents the format, and it has changed often; what is read here are exports of 2023 to 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.importers import values
from chat.importers.archive import Archive
from chat.importers.chatgpt_content import Content, content_of
from chat.importers.conversation import Conversation, Node
from chat.importers.trees import arranged, notes_of

NAME = "chatgpt"
LABEL = "ChatGPT"
MESSAGES = ("mapping", "*")
ROLES = frozenset({"user", "assistant", "system", "tool"})
# What a person sees there, but as context, not as something that was said.
CONTEXT = frozenset({"user_editable_context", "model_editable_context"})
UNFINISHED = frozenset({"in_progress", "finished_partial_completion"})
# How it ended, as the providers here name it.
ENDINGS = {"max_tokens": "length"}


def recognise(fields: Mapping[str, object]) -> bool:
    return "mapping" in fields


def read_message(key: str | None, raw: object, archive: Archive) -> tuple[Node, ...]:
    """One node of the mapping."""
    node = values.mapping(raw)
    name = key or values.key(node.get("id")) or ""
    message = values.mapping(node.get("message"))
    gap = Node(key=name, parent=values.key(node.get("parent")))
    if not values.one_of(values.mapping(message.get("author")).get("role"), ROLES):
        return (gap,)
    content = content_of(message, gap.parent, archive)
    return (_node(gap, message, content),)


def read_conversation(raw: dict[str, Any]) -> Conversation:
    mapping = values.mapping(raw.get("mapping"))
    nodes = [node for found in mapping.values() if isinstance(found, tuple) for node in found]
    created_at = values.moment(raw.get("create_time"))
    tree = arranged(nodes, values.key(raw.get("current_node")), begun_at=created_at)
    return Conversation(
        key=values.key(raw.get("conversation_id")) or values.key(raw.get("id")) or "",
        name=values.line(raw.get("title"), 200),
        nodes=tree.nodes,
        shown=tree.shown,
        created_at=created_at,
        updated_at=values.moment(raw.get("update_time")),
        is_starred=raw.get("is_starred") is True or bool(raw.get("pinned_time")),
        is_archived=raw.get("is_archived") is True,
        notes=notes_of(tree),
    )


def _node(gap: Node, message: dict[str, Any], content: Content) -> Node:
    metadata = values.mapping(message.get("metadata"))
    author = values.mapping(message["author"])
    role = "system" if content.kind in CONTEXT else str(author["role"])
    at = values.moment(message.get("create_time"))
    is_reply = role == "assistant"
    if not (content.text or content.parts or content.files):
        role = ""
    return Node(
        key=gap.key,
        parent=gap.parent,
        role=role,
        content=content.text,
        parts=content.parts,
        carries=content.thoughts,
        files=content.files,
        status="stopped" if is_reply and values.one_of(message.get("status"), UNFINISHED) else "complete",
        visibility="hidden" if _is_hidden(role, message, metadata) else "shown",
        provider="openai" if is_reply else "",
        model=values.line(metadata.get("model_slug"), 200) if is_reply else "",
        finish_reason=_finish(metadata) if is_reply else "",
        created_at=at,
        updated_at=values.moment(message.get("update_time")) or at,
    )


def _is_hidden(role: str, message: dict[str, Any], metadata: dict[str, Any]) -> bool:
    if metadata.get("is_visually_hidden_from_conversation") is True or message.get("weight") == 0:
        return True
    return role == "system"


def _finish(metadata: dict[str, Any]) -> str:
    said = values.line(values.mapping(metadata.get("finish_details")).get("type"), 40)
    return ENDINGS.get(said, said)
