"""Between a server's process and the SDK: a message is a line. Imported with the SDK, on first use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
from mcp.shared.message import SessionMessage

from chat.tools.child import MAX_LINE, Child


@asynccontextmanager
async def over_pipes(child: Child, ended: asyncio.Event) -> AsyncGenerator[Any, None]:
    """The streams that the SDK takes. `ended` is set when the process says no more; at the end it is gone."""
    to_session, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    write, from_session = anyio.create_memory_object_stream[SessionMessage](0)

    async def hear() -> None:
        async with to_session:
            async for said in child.lines():
                if message := message_in(said):
                    await to_session.send(message)
        ended.set()

    async def speak() -> None:
        async with from_session:
            async for said in from_session:
                text = said.message.model_dump_json(by_alias=True, exclude_unset=True)
                await child.write(f"{text}\n".encode())

    try:
        async with anyio.create_task_group() as group, read, write:
            group.start_soon(hear)
            group.start_soon(speak)
            yield read, write
            group.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await child.stop()


def message_in(said: bytes) -> SessionMessage | None:
    """A line as a message; None for what some programs print beside them."""
    if not said.lstrip().startswith(b"{") or len(said) > MAX_LINE:
        return None
    try:
        return SessionMessage(types.jsonrpc_message_adapter.validate_json(said, by_name=False))
    except ValueError:
        return None
