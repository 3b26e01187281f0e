"""What a message is made of where it is more than one text: texts, thoughts, calls of tools and results.

A stored list that has a text part is the whole message in order, and the message's content is its texts
joined. Without one it holds what stands beside the content.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Part = dict[str, Any]
TOOLS = ("tool-call", "tool-result")
ENDED = ("complete", "error")


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


def with_words(text: str) -> list[Part]:
    """The part that a message's content is, where its stored parts do not have it."""
    return [{"type": "text", "state": "complete", "text": text}] if text else []


def tools_of(parts: Iterable[Part]) -> list[Part]:
    """Calls of tools and their results, in order."""
    return [part for part in parts if part.get("type") in TOOLS]


def word_in(part: Mapping[str, Any], name: str) -> str:
    """What a tool's part says there, if it is a text: programs and imported files put anything there."""
    value = part.get(name)
    return value if isinstance(value, str) else ""


def passages(parts: Iterable[Part]) -> list[tuple[list[Part], str]]:
    """The message as one reads it: text after text, each with the other parts that stand before it.

    Behind the last of them there may be no text.
    """
    found: list[tuple[list[Part], str]] = [([], "")]
    for part in parts:
        steps, text = found[-1]
        if part["type"] == "text":
            found[-1] = steps, text + part["text"]
        elif text.strip():
            found.append(([part], ""))
        else:
            steps.append(part)
    return found


# Of a tool's part in a reply that runs: how many characters were said, and thought, before it.
AT = "at"


def woven(tools: Sequence[Part], text: str, thoughts: str) -> list[Part]:
    """The whole message in order: what was said and thought, cut where each of `tools` stands (see AT)."""
    parts: list[Part] = []
    said = thought = 0
    for tool in tools:
        parts += _pieces(text[said : tool[AT][0]], thoughts[thought : tool[AT][1]])
        parts.append(without_mark(tool))
        said, thought = tool[AT]
    return parts + _pieces(text[said:], thoughts[thought:])


def place(tools: Sequence[Part], number: int) -> int:
    """Where the tool part of that number stands in `woven`; behind the last, where thoughts would."""
    index = number
    before = [0, 0]
    for tool in tools[: number + 1]:
        index += sum(now > then for now, then in zip(tool[AT], before, strict=True))
        before = tool[AT]
    return index


def without_mark(tool: Part) -> Part:
    return {name: value for name, value in tool.items() if name != AT}


def _pieces(text: str, thoughts: str) -> list[Part]:
    kinds = (("reasoning", thoughts), ("text", text))
    return [{"type": kind, "state": "complete", "text": words} for kind, words in kinds if words]


def cut_off(tools: Iterable[Part]) -> list[Part]:
    """The same when nobody works on them any more: what had not ended has failed."""
    return [tool if tool["state"] in ENDED else {**tool, "state": "error"} for tool in tools]
