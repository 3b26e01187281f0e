"""Claude's account export: turns in order, in newer ones with the turn that each follows.

A turn is a list of blocks; older exports have only its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from chat.importers import values
from chat.importers.archive import Archive
from chat.importers.blocks import Block, Call, Result, Thought, Words, messages_of
from chat.importers.conversation import Conversation, File, Node
from chat.importers.trees import arranged, notes_of

NAME = "claude"
LABEL = "Claude"
MESSAGES = ("chat_messages", "*")
ROLES = {"human": "user", "user": "user", "assistant": "assistant"}
# What the first turns follow.
NOTHING = "00000000-0000-4000-8000-000000000000"
UNNAMED = "pasted.txt"


def recognise(fields: Mapping[str, object]) -> bool:
    return "chat_messages" in fields


def read_message(_key: str | None, raw: object, archive: Archive) -> tuple[Node, ...]:
    """A turn: its messages, the first of which has its id and what it follows."""
    turn = values.mapping(raw)
    at = values.moment(turn.get("created_at"))
    parent = values.key(turn.get("parent_message_uuid"))
    role = ROLES.get(str(turn.get("sender")), "")
    first = Node(
        key=values.key(turn.get("uuid")) or "",
        # One that says that it follows nothing is told from one that says nothing of it.
        parent="" if parent == NOTHING else parent,
        role=role,
        provider="anthropic" if role == "assistant" else "",
        model=values.line(turn.get("model"), 200) if role == "assistant" else "",
        finish_reason=values.line(turn.get("stop_reason"), 40),
        created_at=at,
        updated_at=values.moment(turn.get("updated_at")) or at,
        files=tuple(_files(turn, archive)),
    )
    return messages_of(first, _blocks(turn)) if role else (first,)


def read_conversation(raw: dict[str, Any]) -> Conversation:
    turns = [turn for turn in values.items(raw.get("chat_messages")) if isinstance(turn, tuple)]
    created_at = values.moment(raw.get("created_at"))
    ends = {turn[0].key: turn[-1].key for turn in turns}
    shown = values.key(raw.get("current_leaf_message_uuid"))
    tree = arranged(_linked(turns, ends), ends.get(shown or ""), begun_at=created_at)
    return Conversation(
        key=values.key(raw.get("uuid")) or "",
        name=values.line(raw.get("name"), 200),
        nodes=tree.nodes,
        shown=tree.shown,
        created_at=created_at,
        updated_at=values.moment(raw.get("updated_at")),
        is_starred=raw.get("is_starred") is True,
        notes=notes_of(tree),
    )


def _linked(turns: list[tuple[Node, ...]], ends: dict[str, str]) -> Iterable[Node]:
    """The messages, each turn's first one after the last one of the turn that it follows."""
    is_tree = any(turn[0].parent is not None for turn in turns)
    before: str | None = None
    for number, turn in enumerate(turns):
        first = turn[0]
        parent = ends.get(first.parent or "", first.parent or None) if is_tree else before
        # Ids that are missing would all be one.
        key = first.key or f"#{number}"
        chain = [replace(first, key=key, parent=parent), *turn[1:]]
        yield from chain
        before = chain[-1].key


def _blocks(turn: dict[str, Any]) -> Iterable[Block]:
    found = [block for one in values.items(turn.get("content")) if (block := _block(values.mapping(one)))]
    has_words = any(isinstance(block, Words) and block.text for block in found)
    if not has_words and (text := values.text(turn.get("text"))):
        # Older exports have no blocks; in some newer ones they are there and empty.
        found.append(Words(text))
    return found


def _block(raw: dict[str, Any]) -> Block | None:
    match raw.get("type"):
        case "text" | "voice_note":
            return Words(values.text(raw.get("text")))
        case "thinking":
            return Thought(values.text(raw.get("thinking")))
        case "tool_use":
            name = values.line(raw.get("name"), 120)
            return Call(values.key(raw.get("id")) or "", name, raw.get("input"))
        case "tool_result":
            name = values.line(raw.get("name"), 120)
            is_error = raw.get("is_error") is True
            return Result(values.key(raw.get("tool_use_id")) or "", name, _answer(raw), is_error)
    return None  # budgets, flags and the like, which nobody reads


def _answer(raw: dict[str, Any]) -> Any:
    """What a tool answered: its text where it is nothing else."""
    content = raw.get("content")
    blocks = values.items(content)
    if blocks and all(values.mapping(one).get("type") == "text" for one in blocks):
        return values.texts((one.get("text") for one in blocks), "\n\n")
    return content


def _files(turn: dict[str, Any], archive: Archive) -> Iterable[File]:
    """Of attached documents the export has the text, of pictures and the rest only the name."""
    for one in map(values.mapping, values.items(turn.get("attachments"))):
        name = values.line(one.get("file_name"), 255) or UNNAMED
        content = one.get("extracted_content")
        if isinstance(content, str) and content:
            yield archive.keep(_as_text(name), content.encode("utf-8", "replace"))
        else:
            yield File(name)
    for one in map(values.mapping, values.items(turn.get("files"))):
        name = values.line(one.get("file_name"), 255)
        yield archive.find(values.key(one.get("file_uuid")) or name, name)


def _as_text(name: str) -> str:
    """What was taken out of a PDF is no PDF."""
    return (
        f"{name}.txt" if name.lower().endswith((".pdf", ".docx", ".xlsx", ".pptx", ".doc", ".rtf")) else name
    )
