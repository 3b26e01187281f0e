"""The time of day, which no model knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.tools.contract import Caller, PluginTool, ToolError

SCHEMA = {
    "type": "object",
    "properties": {
        "time_zone": {
            "type": "string",
            "description": "An IANA name such as Europe/Berlin. Without it, the person's own.",
        }
    },
    "additionalProperties": False,
}


@hookimpl
def tools() -> Iterable[PluginTool]:
    words = "The date and time of day now, with the day of the week, in the person's time zone or another."
    title = gettext_lazy("What time it is")
    return [PluginTool("current_time", title, words, SCHEMA, tell, changes=False)]


async def tell(caller: Caller, arguments: dict[str, Any]) -> str:
    name = arguments.get("time_zone") or caller.time_zone
    try:
        now = datetime.now(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ToolError(f"There is no time zone called {name!r}. Use an IANA name.") from None
    return f"{now:%A}, {now.isoformat(timespec='seconds')} ({name})"
