"""The tools that a model calls in a reply: each call is saved, then made, then its result is saved.

Results are untrusted text. A call that changes something waits until a person has said yes; the reply is put
aside meanwhile, and no process is needed for it.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings

from chat import toolbox
from chat.generation.noting import note_tools, wait_for_person
from chat.generation.reply import Assignment, Reply
from chat.parts import Part
from chat.phrases import Phrase
from chat.providers.contract import Tool, ToolCall
from chat.text import clean_text
from chat.threads import write
from chat.tools.contract import Offered, Result

# Levels of what a call is given; an export of it has some around it, and is imported with 100.
MOST_NESTED = 80
log = structlog.get_logger(__name__)


class PutAside(Exception):
    """The reply waits for a person now, and goes on when they have decided."""


@dataclass(frozen=True)
class Work:
    """What is needed to do what a reply's model asks for."""

    reply: Reply
    worker_id: UUID
    offered: Sequence[Offered]

    @property
    def tools(self) -> tuple[Tool, ...]:
        return tuple(one.for_model for one in self.offered)

    async def answer(self, calls: Sequence[ToolCall]) -> None:
        """Save the calls, make those that may be made, and save each result as it comes.

        Raises:
            PutAside: some of them wait for a person.
            LostReply: the reply is no longer this worker's.
        """
        used = {part["id"] for part in self.reply.tools}
        parts = [self._part(call, used) for call in calls]
        ready = [part for part in parts if part["state"] == "running"]
        waiting = [part for part in parts if part["state"] == "pending"]
        if ready:
            await self._note(ready)
            await self.go_on()
        if waiting:
            await write(wait_for_person, self.reply, waiting, worker_id=self.worker_id)
            raise PutAside

    async def go_on(self) -> None:
        """Make the calls that may be made and have not been."""
        self.reply.has_worked = True
        with self.reply.watch.tools():
            await self._make([part for part in self.reply.tools if part["state"] == "running"])

    async def _make(self, calls: Sequence[Part]) -> None:
        tasks = [asyncio.ensure_future(self._one(call)) for call in calls]
        try:
            for done in asyncio.as_completed(tasks):
                await self._note(await done)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, call: Part) -> list[Part]:
        """The call as it is when it was made, and its result."""
        begun = time.monotonic()
        result = await self._result(call)
        took = round(1000 * (time.monotonic() - begun))
        state = "error" if result.is_error else "complete"
        said = result.structured if result.structured is not None and not result.text else result.text
        answer = {"type": "tool-result", "state": state, "id": call["id"], "name": call["name"]}
        return [{**call, "state": state, "duration_ms": took}, {**answer, "result": said}]

    async def _result(self, call: Part) -> Result:
        tool = self._offered(call["name"])
        if tool is None:
            return Result(f"There is no tool called “{call['name']}”.", is_error=True)
        try:
            arguments = json.dumps(call["arguments"], ensure_ascii=False)
            return await toolbox.call(tool, arguments, seconds=settings.PARLEY_TOOL_TIMEOUT)
        except Exception:
            log.exception("tool.failed", tool=call["name"])
            return Result("It failed.", is_error=True)

    def _part(self, call: ToolCall, used: set[str]) -> Part:
        """The call; some models count theirs from the beginning each time that they are asked."""
        key = clean_text(call.id)[:200] or "call"
        if key in used:
            key = f"{key}-{len(used)}"
        used.add(key)
        tool = self._offered(call.name)
        known = {"title": tool.title or tool.tool, "server": tool.server} if tool else {}
        return {
            "type": "tool-call",
            "state": "pending" if tool and tool.asks else "running",
            "id": key,
            "name": clean_text(call.name)[:200],
            "arguments": arguments_of(call),
            **known,
        }

    def _offered(self, name: str) -> Offered | None:
        return next((tool for tool in self.offered if tool.name == name), None)

    async def _note(self, parts: Sequence[Part]) -> None:
        await write(note_tools, self.reply, parts, worker_id=self.worker_id)


async def offered_in(assignment: Assignment) -> tuple[Offered, ...]:
    """What may be called in a reply: nothing, where nobody who may answer can call anything."""
    if assignment.asker is None or not any(one.facts.calls_tools for one in assignment.candidates):
        return ()
    return await toolbox.offered(assignment.asker, assignment.session)


def arguments_of(call: ToolCall) -> Any:
    """What the model gave, cleaned; a text, which the tool then refuses, where it is no JSON to be kept."""
    text = clean_text(call.arguments)
    try:
        return _plain(json.loads(text or "{}"))
    except (ValueError, RecursionError):
        return text


def _plain(value: Any, depth: int = 0) -> Any:
    """JSON may spell out what no database keeps and no page shows: half characters, and numbers without end.

    Raises:
        ValueError: there is such a number in it, or it is nested deeper than an export can be imported with.
    """
    if isinstance(value, str):
        return clean_text(value)
    if depth > MOST_NESTED or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("No such thing is kept.")
    if isinstance(value, dict):
        return {clean_text(name): _plain(one, depth + 1) for name, one in value.items()}
    return [_plain(one, depth + 1) for one in value] if isinstance(value, list) else value


def refusal_of(call: Part) -> list[Part]:
    """The call that a person has forbidden, and what its model is told."""
    said = Phrase("The person did not allow this.")
    answer = {"type": "tool-result", "state": "error", "id": call["id"], "name": call["name"]}
    return [{**call, "state": "error", "decision": "refused"}, {**answer, "result": str(said)}]
