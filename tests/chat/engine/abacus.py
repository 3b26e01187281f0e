"""Tools for a model of these tests to call."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

from chat.models import Message
from chat.plugins import hookimpl
from chat.providers.contract import Called, Finish, ToolCall, Usage
from chat.snapshot import MessageView, views_of
from chat.tools.contract import Caller, PluginTool, ToolError

NUMBERS = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}
CALLS = Finish("tool_calls", Usage(10, 5), "m", echo={"signed": "thought"})
END = Finish("stop", Usage(20, 7), "m")


def call(name: str, key: str = "c1", **arguments: Any) -> Called:
    return Called(ToolCall(key, name, json.dumps(arguments)))


def view_of(message_id: UUID) -> MessageView:
    """The message as a page shows it."""
    return views_of([Message.objects.get(pk=message_id)])[0]


class Abacus:
    """A plugin whose tools add, forget, dawdle and fail."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.gate = asyncio.Event()

    @hookimpl
    def tools(self) -> list[PluginTool]:
        return [
            PluginTool("add", "Add", "Adds two numbers.", NUMBERS, self.add, changes=False),
            PluginTool("wipe", "Wipe", "Forgets all.", NUMBERS, self.wipe),
            PluginTool("dawdle", "Dawdle", "Takes long.", NUMBERS, self.dawdle, changes=False),
            PluginTool("fail", "Fail", "Never works.", NUMBERS, self.fail, changes=False),
        ]

    def add(self, _caller: Caller, values: dict[str, Any]) -> str:
        self.done.append("add")
        return str(values["a"] + values["b"])

    def wipe(self, _caller: Caller, _values: dict[str, Any]) -> str:
        self.done.append("wipe")
        return "All is forgotten."

    async def dawdle(self, _caller: Caller, _values: dict[str, Any]) -> str:
        self.done.append("dawdle")
        await self.gate.wait()
        return "At last."

    def fail(self, _caller: Caller, _values: dict[str, Any]) -> str:
        raise ToolError("The beads are stuck.")
