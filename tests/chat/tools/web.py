"""A server of tools over HTTP on loopback, well behaved at /mcp and /events, and otherwise elsewhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations

TOKEN = "Bearer s3cret-t0ken"
noted: list[str] = []


def tester() -> MCPServer[Any]:
    server: MCPServer[Any] = MCPServer("Web tester", version="3")

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def shout(text: str) -> str:
        """In capitals."""
        return text.upper()

    @server.tool()
    async def wait(seconds: float, ctx: Context[Any, Any]) -> str:
        """Waits."""
        noted.append("waiting")
        try:
            await ctx.report_progress(1, None, "begun")
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            noted.append("cancelled")
            raise
        return "waited"

    return server


class Web:
    """Which path behaves how."""

    def __init__(self) -> None:
        safe = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        self._apps = {
            "/mcp": tester().streamable_http_app(transport_security=safe),
            "/events": tester().sse_app(sse_path="/events", message_path="/said/", transport_security=safe),
        }
        self._apps["/said/"] = self._apps["/events"]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path = scope["path"]
        headers = dict(scope["headers"])
        if path == "/locked" and headers.get(b"authorization") != TOKEN.encode():
            await answer(send, 401, b"who are you?")
            return
        app = self._apps.get("/mcp" if path == "/locked" else path)
        if app is not None:
            await app({**scope, "path": "/mcp"} if path == "/locked" else scope, receive, send)
            return
        await misbehave(path, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            for app in {id(app): app for app in self._apps.values()}.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def misbehave(path: str, send: Any) -> None:
    if path == "/moved":
        await answer(send, 307, b"", (b"location", b"/mcp"))
    elif path == "/big":
        await answer(send, 200, b'{"jsonrpc": "' + b"x" * 30_000_000, (b"content-type", b"application/json"))
    elif path == "/packed":
        await answer(send, 200, b"{}", (b"content-encoding", b"gzip"), (b"content-type", b"application/json"))
    elif path == "/silent":
        await asyncio.sleep(20)
    elif path == "/page":
        await answer(send, 200, b"<h1>Hello</h1>", (b"content-type", b"text/html"))
    else:
        await answer(send, int(path.strip("/") or 500), b"no")


async def answer(send: Any, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving() -> Iterator[str]:
    """The address, as long as it is served."""
    config = uvicorn.Config(Web(), port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
