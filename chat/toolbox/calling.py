"""Calling a tool that was offered: what it was given is checked, and whatever happens, there is a result."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from chat import access, threads
from chat.models import ToolPolicy, ToolServer, User
from chat.phrases import Phrase
from chat.toolbox.looking import pool
from chat.toolbox.plugged import KEY, plugin_tools, run_plugin_tool
from chat.toolbox.servers import config_of
from chat.tools.arguments import parsed
from chat.tools.contract import Offered, OnProgress, PluginTool, Result, ServerConfig, ToolError

SECONDS = 60.0


async def call(
    tool: Offered, arguments: str, *, seconds: float = SECONDS, on_progress: OnProgress | None = None
) -> Result:
    """What came of it; a failure is a result too, in words that a model can act on.

    `arguments` is JSON as the model wrote it. Cancelling it tells the server so, and does not wait for it.

    Whether a person has to be asked first (`tool.asks`) is for who calls this.
    """
    try:
        values = parsed(arguments)
        await _check(values, tool.schema)
        if tool.server_key == KEY:
            async with asyncio.timeout(seconds):
                return await run_plugin_tool(_plugged(tool), tool.caller, values)
        config = await threads.read(_config, tool)
        return await pool.call(config, tool.tool, values, seconds=seconds, on_progress=on_progress)
    except ToolError as error:
        return Result(str(error.words), is_error=True)
    except TimeoutError:
        return Result(f"It did not answer within {seconds:g} seconds.", is_error=True)


async def _check(values: dict[str, Any], schema: Mapping[str, Any]) -> None:
    """In a thread: importing what checks takes a while the first time, and so may a schema."""
    fitting = await asyncio.to_thread(import_module, "chat.tools.fitting")
    await asyncio.to_thread(fitting.check, values, schema)


def _plugged(tool: Offered) -> PluginTool:
    found = plugin_tools().get(tool.tool)
    if found is None:
        raise ToolError("There is no such tool any more.")
    return found


def _config(tool: Offered) -> ServerConfig:
    """What was offered may have been taken back since."""
    user = User.objects.filter(pk=tool.caller.user_id, is_active=True).first()
    servers = access.tool_servers_for(user) if user else []
    server = next((one for one in servers if str(one.pk) == tool.server_key), None)
    if server is None or _is_never(server, tool.tool):
        raise ToolError(Phrase("This tool is not to be had any more."))
    return config_of(server)


def _is_never(server: ToolServer, tool: str) -> bool:
    never = ToolPolicy.Policy.NEVER
    return ToolPolicy.objects.filter(server=server, tool=tool, policy=never).exists()
