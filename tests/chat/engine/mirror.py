"""A client as the contract has it: a snapshot, then events. A gap or a repeat in the text is a failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
# What a screen shows of a message.
COMPARED = (
    "id", "parent_id", "role", "content", "status", "error", "finish_reason", "usage", "timing", "edits",
    "reactions", "annotations",
)  # fmt: skip


class Mirror:
    """`number` is the last event applied; `must_read` says that only a snapshot helps."""

    def __init__(self, number: int = 0, messages: Sequence[Json] = ()) -> None:
        self.number = number
        self.messages: dict[str, Json] = {message["id"]: dict(message) for message in messages}
        self.path = [message["id"] for message in messages]
        self.deleted: set[str] = set()
        self.done: list[str] = []
        self.must_read = False

    def apply(self, number: int | None, name: str, data: Json) -> None:
        """One event; those that are told about one reply only may leave numbers out."""
        if number is not None:
            assert number > self.number, f"{number} came after {self.number}"
            self.number = number
        match name:
            case "ack":
                self._put(data["user_message"])
                self._put(data["assistant_message"])
                for reply in data.get("assistant_messages", [])[1:]:
                    self.messages[reply["id"]] = dict(reply)
            case "message":
                self._message(data)
            case "done":
                told = self.messages.get(data["message_id"], data)
                assert told["status"] == data["status"]
                self.done.append(data["message_id"])
            case "error":
                assert data["title"]
            case "reset":
                self.must_read = True
            case _:
                assert name in {"session", "presence"}, name

    def _message(self, data: Json) -> None:
        """Of a message that is beside one on show a snapshot has nothing, and it is told whole again."""
        match data["type"]:
            case "delta" | "part" if data["message_id"] not in self.messages:
                pass
            case "delta":
                message = self.messages[data["message_id"]]
                had, came = len(message["content"]), data["offset"]
                assert had == came, f"text {'lost' if came > had else 'repeated'}: {had} had, {came} came"
                message["content"] += data["text"]
            case "part":
                self._part(data["message_id"], data["part"])
            case "created" | "updated" | "assistant":
                if data.get("beside"):
                    self.messages[data["message_id"]] = dict(data["message"])
                else:
                    self._put(data["message"])
                if "deleted" in data:
                    (self.deleted.add if data["deleted"] else self.deleted.discard)(data["message_id"])

    def _part(self, message_id: str, part: Json) -> None:
        if part["type"] == "reasoning":
            had = reasoning_of(self.messages[message_id])
            assert len(had) == part["offset"], f"thoughts: {len(had)} had, {part['offset']} came"
            self.messages[message_id]["parts"] = [{"type": "reasoning", "text": had + part["text"]}]

    def _put(self, message: Json) -> None:
        """A message that follows one on show takes the place of what followed it."""
        key, parent = message["id"], message["parent_id"]
        self.messages[key] = dict(message)
        if key not in self.path and (parent is None or parent in self.path):
            after = 0 if parent is None else self.path.index(parent) + 1
            self.path[after:] = [key]

    def shown(self) -> list[Json]:
        return [screen_of(self.messages[key]) for key in self.path if key not in self.deleted]


def screen_of(message: Json) -> Json:
    return {name: message[name] for name in COMPARED} | {"reasoning": reasoning_of(message)}


def reasoning_of(message: Json) -> str:
    return "".join(part["text"] for part in message["parts"] if part["type"] == "reasoning")
