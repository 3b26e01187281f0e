"""One live session with a server of tools, over the SDK. Importing this takes half a second: see pool."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, cast

import mcp_types as types
from mcp.client import Client, Transport
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from pydantic import TypeAdapter, ValidationError

from chat.phrases import Phrase
from chat.tools.child import Child
from chat.tools.cleaning import line, without
from chat.tools.contract import Listed, OnProgress, Result, ServerConfig, ToolError
from chat.tools.http import MAX_ANSWER, SILENCE, Trouble, open_client
from chat.tools.pipes import over_pipes
from chat.tools.reading import MOST_TOOLS, listed, result_of

# A program that has to be fetched first takes its time.
OPENING = {"stdio": 60.0, "http": 20.0, "sse": 20.0}
LISTING = 20.0
PING = 5.0
SUBSCRIBING = 2.0
MOST_PAGES = 50
ME = types.Implementation(name="parley", version="1")
ANSWER: TypeAdapter[types.CallToolResult | types.InputRequiredResult] = TypeAdapter(
    types.CallToolResult | types.InputRequiredResult
)

# They write down whatever a server makes them stumble over, with what it sent and at which address.
for name in ("mcp", "client", "httpx2", "httpcore2"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


class Connection:
    """Open until it is closed or the server goes. A task of its own holds it: what the SDK begins in a task
    has to end in the same.
    """

    def __init__(self, config: ServerConfig, on_changed: Callable[[Connection], None]) -> None:
        self.config = config
        self.tools: tuple[Listed, ...] = ()
        self.server = ""
        self.protocol = ""
        self._on_changed = on_changed
        self._trouble = Trouble()
        self._child: Child | None = None
        self._client: Client | None = None
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self._client is not None and not self._closing.is_set()

    @property
    def last_words(self) -> str:
        return without(self._child.last_words, self.config.secrets) if self._child else ""

    async def open(self) -> None:
        """Raises ToolError and leaves nothing behind when there is no session to be had."""
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._hold(ready), name="tools")
        try:
            async with asyncio.timeout(OPENING[self.config.transport]):
                await asyncio.shield(ready)
        except TimeoutError:
            await self.close()
            raise ToolError(self._trouble.words or Phrase("It did not answer in time.")) from None
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        self._closing.set()
        if self._task is not None and self._client is None:
            self._task.cancel()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def refresh(self) -> tuple[Listed, ...]:
        """The tools that the server has now, page by page."""
        try:
            async with asyncio.timeout(LISTING):
                self.tools = listed(await self._all_tools())
        except TimeoutError:
            raise ToolError(Phrase("It did not list its tools in time.")) from None
        except Exception as error:
            raise self._failure(error) from error
        return self.tools

    async def call(self, tool: str, arguments: dict[str, Any], on_progress: OnProgress | None) -> Result:
        """Cancelling it tells the server so. Raises ToolError when no result came at all."""
        params = types.CallToolRequestParams(name=tool, arguments=arguments)
        try:
            said = await self._session().send_request(
                types.CallToolRequest(params=params), ANSWER, progress_callback=progressing(on_progress)
            )
        except Exception as error:
            raise self._failure(error) from error
        if isinstance(said, types.InputRequiredResult):
            raise ToolError(Phrase("It asks the person something first, which cannot be done here."))
        return result_of(said)

    async def is_alive(self) -> bool:
        """Whether it answers; a server of a newer protocol has nothing to be asked for that."""
        if self.is_open and self._session().initialize_result is not None:
            try:
                async with asyncio.timeout(PING):
                    await self._session().send_request(types.PingRequest(), types.EmptyResult)
            except MCPError as error:
                return error.code == types.METHOD_NOT_FOUND
            except Exception:
                return False
        return self.is_open

    async def _hold(self, ready: asyncio.Future[None]) -> None:
        try:
            async with AsyncExitStack() as stack:
                client = Client(
                    self._transport(), cache=None, client_info=ME, message_handler=self._hear
                )  # its own kept answers would hide that a list has changed
                self._client = await stack.enter_async_context(client)
                self._introduce(self._client)
                async with self._listening(self._client):  # before it lists, so that no change is missed
                    await self.refresh()
                    ready.set_result(None)
                    await self._closing.wait()
        except BaseException as error:
            if not ready.done():
                ready.set_exception(self._failure(error))
                ready.exception()  # whoever waited may be gone
            elif isinstance(error, asyncio.CancelledError):
                raise
        finally:
            self._closing.set()

    def _introduce(self, client: Client) -> None:
        said = client.server_info
        self.server = line(f"{said.title or said.name} {said.version}") if said else ""
        self.protocol = line(client.protocol_version)

    def _transport(self) -> Transport:
        if self.config.transport == "stdio":
            return cast(Transport, self._over_pipes())
        http = open_client(self.config, self._trouble)
        if self.config.transport == "http":
            return cast(Transport, over_http(self.config.url, http))
        return cast(
            Transport,
            sse_client(
                self.config.url,
                timeout=OPENING["sse"],
                sse_read_timeout=SILENCE,
                httpx_client_factory=lambda *_, **__: http,
            ),
        )

    @asynccontextmanager
    async def _over_pipes(self) -> AsyncGenerator[Any, None]:
        self._child = await Child.start(self.config)
        async with over_pipes(self._child, self._closing) as streams:
            yield streams

    @asynccontextmanager
    async def _listening(self, client: Client) -> AsyncGenerator[None, None]:
        """Newer servers tell of changes to who asks for that; older ones do so by themselves."""
        tools = client.server_capabilities.tools
        if client.session.discover_result is None or not (tools and tools.list_changed):
            yield
            return
        is_heard = asyncio.Event()
        task = asyncio.create_task(self._listen(client, is_heard))
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(is_heard.wait(), SUBSCRIBING)
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _listen(self, client: Client, is_heard: asyncio.Event) -> None:
        with suppress(Exception):  # without it, the list is as old as the connection at most
            async with client.listen(tools_list_changed=True) as changes:
                is_heard.set()
                async for _change in changes:
                    self._on_changed(self)

    async def _hear(self, message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self._on_changed(self)

    async def _all_tools(self) -> list[types.Tool]:
        session = self._session()
        capabilities = session.server_capabilities
        if capabilities is None or capabilities.tools is None:
            return []
        tools: list[types.Tool] = []
        cursor: str | None = None
        for _page in range(MOST_PAGES):
            page = await session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
            tools += page.tools
            if not page.next_cursor or page.next_cursor == cursor or len(tools) >= MOST_TOOLS:
                break
            cursor = page.next_cursor
        return tools

    def _session(self) -> Any:
        if self._client is None or self._closing.is_set():
            raise ToolError(Phrase("The connection to it was closed."))
        return self._client.session

    def _line(self, said: str, limit: int) -> str:
        """Servers tell which token they refuse."""
        return line(without(said, self.config.secrets), limit)

    def _failure(self, error: BaseException) -> ToolError:
        """What happened, in words; what the server itself says is told as that."""
        while isinstance(error, BaseExceptionGroup):  # the SDK's tasks are in groups
            error = error.exceptions[0]
        if isinstance(error, ToolError):
            return error
        if self._child is not None and self._child.is_flooding:
            return ToolError(Phrase("It sent more than is taken."))
        if self._trouble.words is not None:
            return ToolError(self._trouble.words)
        if isinstance(error, ValidationError):
            return ToolError(Phrase("Its answer is not what the protocol has."))
        if isinstance(error, MCPError) and error.code not in (types.CONNECTION_CLOSED, types.REQUEST_TIMEOUT):
            return ToolError(Phrase("It answers: %(words)s", words=self._line(error.message, 400)))
        if self._child is not None:
            return ToolError(Phrase("Its program ended, or said nothing that the protocol has."))
        return ToolError(Phrase("The connection to it was lost."))


@asynccontextmanager
async def over_http(url: str, http: Any) -> AsyncGenerator[Any, None]:
    async with http, streamable_http_client(url, http_client=http, max_sse_event_size=MAX_ANSWER) as streams:
        yield streams


def progressing(tell: OnProgress | None) -> Any:
    async def told(progress: float, total: float | None, message: str | None) -> None:
        if tell is not None:
            await tell(progress, total, line(message or "", 300))

    return told if tell is not None else None
