"""The tools that plugins bring: called as those of servers are."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import structlog

from chat import threads
from chat.plugins import manager
from chat.tools.cleaning import plain
from chat.tools.contract import Caller, PluginTool, Result, ToolError

# What they are all called together, wherever servers are.
KEY = "parley"
log = structlog.get_logger(__name__)


@cache
def plugin_tools() -> dict[str, PluginTool]:
    """By name, of those with the same name the first."""
    found: dict[str, PluginTool] = {}
    for tools in manager().hook.tools():
        for tool in tools:
            found.setdefault(tool.name, tool)
    return found


async def run_plugin_tool(tool: PluginTool, caller: Caller, arguments: dict[str, Any]) -> Result:
    """Raises ToolError, also where the plugin fails in a way of its own."""
    try:
        if inspect.iscoroutinefunction(tool.run):
            said = await tool.run(caller, arguments)
        else:
            said = await threads.read(tool.run, caller, arguments)
    except ToolError:
        raise
    except Exception as error:
        log.exception("tool.failed", tool=tool.name)
        raise ToolError("The tool failed. Its log says why.") from error
    return said if isinstance(said, Result) else Result(plain(str(said)))
