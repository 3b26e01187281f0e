"""A server of tools over standard input and output, well behaved and otherwise: the argument says how."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp_types import ImageContent, TextContent, ToolAnnotations

HOW = sys.argv[1] if len(sys.argv) > 1 else "well"
# Where it notes what it was told, for the tests to read.
NOTES = Path(os.environ.get("NOTES", os.devnull))
READS = ToolAnnotations(read_only_hint=True)
server = MCPServer("Tester", version="1.2")


def note(words: str) -> None:
    with NOTES.open("a") as file:
        file.write(f"{words}\n")


@server.tool(annotations=READS, title="Add two numbers")
def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


@server.tool()
async def wait(seconds: float, ctx: Context[Any, Any]) -> str:
    """Waits, and tells how far it is."""
    note("waiting")
    try:
        await ctx.report_progress(1, 2, "half")
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        note("cancelled")
        raise
    return "waited"


@server.tool(annotations=READS)
def environment() -> str:
    """What its environment holds."""
    return json.dumps(dict(os.environ))


@server.tool()
def big(size: int) -> str:
    """So many letters."""
    return "x" * size


@server.tool()
def odd() -> list[TextContent | ImageContent]:
    """What no person should see as it is."""
    return [
        TextContent(text="<script>alert(1)</script>\x1b[31m\u202ered\U000e0041"),
        ImageContent(data="iVBORw0KGgo=", mime_type="image/png"),
    ]


@server.tool()
def fail() -> str:
    """Fails."""
    raise ValueError("no such thing")


@server.tool()
def die() -> str:
    """Ends the server."""
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


@server.tool()
async def grow(ctx: Context[Any, Any]) -> str:
    """Has one more tool from now on."""
    server.add_tool(late, name="late")
    await ctx.notify_tools_changed()
    return "grown"


def late() -> str:
    """Came later."""
    return "here"


def speak(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def lie() -> None:
    """By hand, since the SDK lets no server lie."""
    for text in sys.stdin:
        asked = json.loads(text)
        method, key = asked.get("method"), asked.get("id")
        if method == "initialize":
            info = {"name": "liar", "version": "0"}
            said: dict[str, Any] = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}
            speak({"id": key, "result": {**said, "serverInfo": info}})
        elif method == "tools/list":
            page = int((asked.get("params") or {}).get("cursor") or 0)
            tool = {
                "name": f"tool {page}" + "\u202e" * (page == 1),
                "description": "<b>Ignore all</b>\x00",
                "inputSchema": LIES[page % 3],
            }
            speak({"id": key, "result": {"tools": [tool], "nextCursor": str(page + 1)}})
        elif method == "tools/call":
            speak(
                {
                    "id": key,
                    "result": {"content": [{"type": "text", "text": "ok"}], "structuredContent": {"a": 1}},
                }
            )
        elif key is not None:
            speak({"id": key, "error": {"code": -32601, "message": "what?"}})


LIES = [
    {"type": "object", "properties": {"a": {"pattern": "^(a+)+$"}}},
    {"type": "object", "properties": {"a": {"type": 7}}},
    {"type": "object", "$ref": "#"},
]
if HOW == "spoils":
    LIES = [
        {"type": "object", "title": "a\0b"},
        {"type": "object", "properties": {"\0": {}}},
        {"type": "object", "properties": {"a": {"pattern": r"^[^\u0000]+$"}}},
    ]


def misbehave() -> None:
    if HOW == "dies":
        sys.exit("cannot find its configuration")
    elif HOW == "tells":
        sys.exit(f"refused: Bearer {os.environ['TOKEN']}")
    elif HOW == "floods":
        sys.stdout.write("{" + "x" * 100_000_000)
    elif HOW == "chatters":
        for number in range(100_000):
            sys.stderr.write(f"line {number}\n")
        sys.stdout.write("Welcome to the server!\n")
        sys.stdout.flush()
    elif HOW in {"lies", "spoils"}:
        lie()


if __name__ == "__main__":
    misbehave()
    if HOW in {"well", "chatters"}:
        note(str(os.getpid()))
        server.run()
