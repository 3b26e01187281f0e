"""The local model: a process started on first use, ended when idle, started again when it dies.

`base_url` is the path of a GGUF file; empty means the bundled one. The OpenAI provider reads what it says.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from chat.phrases import Phrase
from chat.providers.contract import Delta, Listed, Prompt, ProviderConfig, ProviderError, Waiting
from chat.providers.local_file import display_name, find_model
from chat.providers.local_model import CONTEXT
from chat.providers.local_process import ModelProcess
from chat.providers.openai import OpenAIProvider

IDLE = 10 * 60.0
WAKING = Phrase("Waking the model…")
# So small a model rambles; a person who wants more says so in the settings.
MAX_TOKENS = 1024
NEWS_OF_DEATH = 1.0

logger = logging.getLogger(__name__)


class LocalModel:
    def __init__(self, config: ProviderConfig, *, idle: float = IDLE) -> None:
        self.config = config
        self._idle = idle
        self._name = display_name(config.base_url)
        self._process: ModelProcess | None = None
        self._server: OpenAIProvider | None = None
        self._starting: asyncio.Task[OpenAIProvider] | None = None
        self._running = 0
        self._idle_timer: asyncio.TimerHandle | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._is_closed = False

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        limited = dataclasses.replace(prompt, max_tokens=prompt.max_tokens or MAX_TOKENS)
        self._begin()
        try:
            for is_last_try in (False, True):
                has_begun = False
                if not self.is_awake:
                    yield Waiting(WAKING)
                server = await self._wake()
                try:
                    async with aclosing(server.stream(limited)) as deltas:
                        async for delta in deltas:
                            has_begun = True
                            yield delta
                    return
                except ProviderError as error:
                    # It may have died between two questions; then this one has only to be asked again.
                    is_final = has_begun or is_last_try or not error.retryable
                    if is_final or not await self._has_died():
                        raise
        finally:
            self._end()

    async def models(self) -> tuple[str, ...]:
        return (self._name,)

    async def listed(self) -> tuple[Listed, ...]:
        return (Listed(self._name, context_window=CONTEXT),)

    def context_window(self, model: str) -> int | None:
        return CONTEXT

    async def aclose(self) -> None:
        self._is_closed = True
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await self._stop()

    @property
    def is_awake(self) -> bool:
        return self._server is not None and self._process is not None and self._process.is_alive

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.is_alive else None

    async def _wake(self) -> OpenAIProvider:
        """All who ask meanwhile wait for the same start; one who leaves does not end it for the others."""
        if self._server is not None and self.is_awake:
            return self._server
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(heed)
        return await asyncio.shield(self._starting)

    async def _start(self) -> OpenAIProvider:
        await self._stop()
        if self._is_closed:
            raise ProviderError(
                Phrase("The local model is stopping"), Phrase("The server is shutting down."), retryable=True
            )
        file = await asyncio.to_thread(find_model, self.config.base_url)
        self._process = await ModelProcess.start(file)
        loopback = ProviderConfig(
            name=self.config.name,
            kind="local",  # whose options are sent
            base_url=f"{self._process.url}/v1",
            api_key=self._process.key,
            timeout=self.config.timeout,
        )
        # llama.cpp promises to keep a connection and hangs up after every stream, in a quick question's face.
        self._server = OpenAIProvider(loopback, keeps_alive=False)
        return self._server

    async def _stop(self) -> None:
        server, process = self._server, self._process
        self._server = self._process = None
        if server is not None:
            await server.aclose()
        if process is not None:
            await process.stop()

    async def _has_died(self) -> bool:
        return self._process is None or await self._process.died_within(NEWS_OF_DEATH)

    def _begin(self) -> None:
        self._running += 1
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None

    def _end(self) -> None:
        self._running -= 1
        if self._running == 0 and not self._is_closed:
            self._idle_timer = asyncio.get_running_loop().call_later(self._idle, self._rest)

    def _rest(self) -> None:
        if self._running == 0:
            logger.info("The local model was idle for %g s and is stopped", self._idle)
            self._stopping = asyncio.create_task(self._stop())


def heed(start: asyncio.Task[OpenAIProvider]) -> None:
    """A start that failed after everyone had left is nobody's error; asyncio would report it as unseen."""
    if not start.cancelled():
        start.exception()
