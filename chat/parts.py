"""What a message is made of where it is more than one text: texts, thoughts, calls of tools and results.

A stored list that has a text part is the whole message in order, and the message's content is its texts
joined. Without one it holds what stands beside the content.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Part = dict[str, Any]
TOOLS = ("tool-call", "tool-result")


def is_whole(parts: Iterable[Mapping[str, Any]]) -> bool:
    return any(part.get("type") == "text" for part in parts)


def text_of(parts: Iterable[Mapping[str, Any]]) -> str:
    """The texts joined: a message's content."""
    return "".join(part["text"] for part in parts if part["type"] == "text")


def stored(parts: Sequence[Part]) -> list[Part]:
    """The parts as a message keeps them; one without words has an empty text, so that its order is known."""
    return [*parts] if is_whole(parts) else [*parts, {"type": "text", "state": "complete", "text": ""}]


def with_text(parts: Sequence[Part], text: str) -> list[Part]:
    """The stored parts of a message whose content was changed to `text`: its first text has all of it."""
    if not is_whole(parts):
        return [*parts]
    first = next(part for part in parts if part["type"] == "text")
    others = (part for part in parts if part["type"] != "text" or part is first)
    return [{**part, "text": text} if part is first else part for part in others]


def tools_of(parts: Iterable[Part]) -> list[Part]:
    """Calls of tools and their results, in order."""
    return [part for part in parts if part.get("type") in TOOLS]
