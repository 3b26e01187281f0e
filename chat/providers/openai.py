"""Any server that speaks OpenAI's chat completions: the hot path, so on bare httpx with our own parser."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Any

import httpx

from chat.phrases import Phrase
from chat.providers.contract import Delta, Listed, Prompt, ProviderConfig
from chat.providers.failures import Failures
from chat.providers.openai_http import (
    broken,
    drain,
    host_of,
    is_stream,
    open_client,
    read_json,
    refusal,
    send,
)
from chat.providers.openai_reply import Reply
from chat.providers.openai_request import completion_body, encode, headers

OFFICIAL = "https://api.openai.com/v1"
# A server may send keep-alive comments while it reads a long prompt, but not for ever.
PATIENCE = 5


class OpenAIProvider:
    """One client, and so one pool of kept-alive connections, for as long as the configuration lasts."""

    def __init__(self, config: ProviderConfig, *, keeps_alive: bool = True) -> None:
        self.config = config
        self._base = (config.base_url or OFFICIAL).rstrip("/")
        self._host = host_of(self._base)
        self._client = open_client(self._base, self._host, config.timeout, keeps_alive=keeps_alive)
        self._asks_usage = True
        self._windows: dict[str, int] = {}

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        failures = Failures(self.config, prompt.model)
        reply = Reply(failures)
        response = await self._open(prompt, failures)
        heard = time.monotonic()
        try:
            chunks = response.aiter_raw()
            async for chunk in chunks:
                is_silent = True
                for delta in reply.feed(chunk):
                    is_silent = False
                    yield delta
                if reply.is_done:
                    await drain(chunks)
                    break
                if not is_silent:
                    heard = time.monotonic()
                elif time.monotonic() - heard > PATIENCE * self.config.timeout:
                    raise failures.silent()
        except httpx.HTTPError as error:
            if not reply.is_whole:
                raise broken(error, failures) from error
        finally:
            await response.aclose()
        for delta in reply.close():
            yield delta

    async def models(self) -> tuple[str, ...]:
        """Those of the configuration; where it names none, those that the server lists."""
        return self.config.models or tuple(one.name for one in await self.listed())

    async def listed(self) -> tuple[Listed, ...]:
        """What the server lists; vLLM, OpenRouter and others tell the window of each."""
        failures = Failures(self.config)
        response = await self._ask("GET", "models", None, failures)
        answer = await read_json(response)
        data = answer.get("data") if isinstance(answer, dict) else None
        if response.status_code != 200 or not isinstance(data, list):
            raise refusal(response, answer, failures)
        found = tuple(_listed(entry) for entry in data if isinstance(entry, dict) and entry.get("id"))
        self._windows |= {one.name: one.context_window for one in found if one.context_window}
        return found

    def context_window(self, model: str) -> int | None:
        """Known where the server says so in its list of models, as vLLM, OpenRouter and others do."""
        return self._windows.get(model)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _open(self, prompt: Prompt, failures: Failures) -> httpx.Response:
        """The response whose body is the stream; everything else is an error."""
        is_official = self._host == host_of(OFFICIAL)
        body = completion_body(prompt, asks_usage=self._asks_usage, is_official=is_official)
        while True:
            response = await self._ask("POST", "chat/completions", encode(body), failures)
            if is_stream(response):
                return response
            answer = await read_json(response)
            if "stream_options" not in body or "stream_options" not in str(answer):
                raise refusal(response, answer, failures)
            # An older server that does not know the option: once more without, and from now on.
            del body["stream_options"]
            self._asks_usage = False

    async def _ask(self, method: str, path: str, content: bytes | None, failures: Failures) -> httpx.Response:
        if self._host is None:
            raise failures.misconfigured(Phrase("Its base URL must look like https://host/v1."))
        sent = headers(self.config, failures)
        request = self._client.build_request(method, f"{self._base}/{path}", content=content, headers=sent)
        return await send(self._client, request, failures)


def _listed(entry: dict[str, Any]) -> Listed:
    window = entry.get("max_model_len") or entry.get("context_length")
    return Listed(str(entry["id"]), context_window=window if isinstance(window, int) else None)
