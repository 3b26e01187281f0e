"""Exports of other places, as they really look; made anew, with nobody's words in them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from chat.importers import Archive, Conversation, Damaged, Reading

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc000000301010018dd8db00000000049454e44ae426082"
)
ROOT = "client-created-root"
T0 = 1_700_000_000.5


def packed(files: Mapping[str, bytes | str | Any], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip; what is neither text nor bytes goes in as JSON."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, (str, bytes)) else json.dumps(content))
    return buffer.getvalue()


# Those that a test opened; files can be read while theirs is open.
OPENED: list[Archive] = []


def archive_of(content: bytes | Any) -> Archive:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    OPENED.append(archive := Archive(io.BytesIO(data)))
    return archive


def read(content: bytes | Any) -> list[Conversation | Damaged]:
    """All that a file holds."""
    return list(Reading(archive_of(content)).conversations())


def read_one(content: bytes | Any) -> Conversation:
    [found] = read(content)
    assert isinstance(found, Conversation), found
    return found


def told(found: Conversation) -> list[tuple[str, str]]:
    """What is on show: roles and texts, from the first on."""
    nodes = {node.key: node for node in found.nodes}
    path, key = [], found.shown
    while key is not None:
        path.append((nodes[key].role, nodes[key].content))
        key = nodes[key].parent
    return path[::-1]


# --- ChatGPT ---------------------------------------------------------------------------------------


def gpt_message(role: str, *parts: Any, at: float | None = T0, **more: Any) -> dict[str, Any]:
    """A message; keys of `content` and `metadata` may be given as such."""
    content = more.pop("content", {"content_type": "text", "parts": list(parts)})
    return {
        "author": {"role": role, "name": more.pop("name", None), "metadata": {}},
        "create_time": at,
        "update_time": None,
        "content": content,
        "status": more.pop("status", "finished_successfully"),
        "end_turn": True,
        "weight": more.pop("weight", 1.0),
        "metadata": more.pop("metadata", {}),
        "recipient": more.pop("recipient", "all"),
        "channel": None,
    }


def gpt(
    nodes: Mapping[str, tuple[str | None, dict[str, Any] | None]], *, current: str | None = None, **more: Any
) -> dict[str, Any]:
    """A conversation of `nodes`: to each key its parent and its message."""
    mapping = {
        key: {
            "id": key,
            "message": message and {"id": key, **message},
            "parent": parent,
            "children": [child for child, (above, _message) in nodes.items() if above == key],
        }
        for key, (parent, message) in nodes.items()
    }
    return {
        "title": "Lighthouses",
        "create_time": T0,
        "update_time": T0 + 900,
        "mapping": mapping,
        "moderation_results": [],
        "current_node": current or list(nodes)[-1],
        "plugin_ids": None,
        "conversation_id": "11111111-aaaa-4bbb-8ccc-000000000001",
        "conversation_template_id": None,
        "gizmo_id": None,
        "is_archived": False,
        "is_starred": None,
        "safe_urls": [],
        "default_model_slug": "gpt-4o",
        "id": "11111111-aaaa-4bbb-8ccc-000000000001",
        **more,
    }


def gpt_talk(*turns: str, key: str = "c1", title: str = "A talk") -> dict[str, Any]:
    """A plain conversation, the person first."""
    nodes: dict[str, Any] = {ROOT: (None, None)}
    for number, text in enumerate(turns):
        role = "assistant" if number % 2 else "user"
        parent = list(nodes)[-1]
        nodes[f"{key}-{number}"] = (parent, gpt_message(role, text, at=T0 + number))
    return gpt(nodes, conversation_id=key, id=key, title=title)


# --- Claude ----------------------------------------------------------------------------------------


def claude_turn(key: str, sender: str, text: str = "", **more: Any) -> dict[str, Any]:
    return {
        "uuid": key,
        "text": text,
        "content": more.pop("content", [{"type": "text", "text": text, "citations": []}]),
        "sender": sender,
        "created_at": more.pop("at", "2025-03-01T10:00:00.123456Z"),
        "updated_at": "2025-03-01T10:00:05.000000Z",
        "attachments": more.pop("attachments", []),
        "files": more.pop("files", []),
        **more,
    }


def claude(*turns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "uuid": "22222222-aaaa-4bbb-8ccc-000000000002",
        "name": "Tide tables",
        "summary": "",
        "created_at": "2025-03-01T09:59:00.000000Z",
        "updated_at": "2025-03-01T11:00:00.000000Z",
        "account": {"uuid": "33333333-aaaa-4bbb-8ccc-000000000003"},
        "chat_messages": list(turns),
        **more,
    }


# --- Open WebUI ------------------------------------------------------------------------------------


def webui(
    messages: Mapping[str, tuple[str | None, str, str]], *, current: str | None = None, **more: Any
) -> dict[str, Any]:
    """A chat of `messages`: to each key its parent, role and content; `extra` adds to some of them."""
    extra = more.pop("extra", {})
    history = {
        key: {
            "id": key,
            "parentId": parent,
            "childrenIds": [child for child, (above, *_) in messages.items() if above == key],
            "role": role,
            "content": content,
            "timestamp": 1_700_000_000 + number,
            **(
                {"model": "llama3.2:3b", "done": True} if role == "assistant" else {"models": ["llama3.2:3b"]}
            ),
            **extra.get(key, {}),
        }
        for number, (key, (parent, role, content)) in enumerate(messages.items())
    }
    current = current or list(messages)[-1]
    return {
        "id": "44444444-aaaa-4bbb-8ccc-000000000004",
        "user_id": "55555555-aaaa-4bbb-8ccc-000000000005",
        "title": "Knots",
        "chat": {
            "id": "",
            "title": "Knots",
            "models": ["llama3.2:3b"],
            "params": more.pop("params", {}),
            "history": {"messages": history, "currentId": current},
            "messages": [],
            "tags": [],
            "timestamp": 1_700_000_000_123,
            "files": [],
        },
        "updated_at": 1_700_000_900,
        "created_at": 1_700_000_000,
        "share_id": None,
        "archived": False,
        "pinned": False,
        "meta": {"tags": []},
        "folder_id": None,
        **more,
    }
