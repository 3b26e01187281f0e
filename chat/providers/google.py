"""Gemini, by Google's own library, which knows the wire and goes on by itself where a reply comes in two."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from google import genai
from google.genai import types

from chat.phrases import Phrase
from chat.providers.contract import Delta, Listed, Prompt, ProviderConfig
from chat.providers.failures import Failures
from chat.providers.google_http import FAILING, Chunks, admit, failure_of, pacing
from chat.providers.google_reply import Reply
from chat.providers.google_request import configuration, contents
from chat.providers.http import NO_KEY, adding, host_of, keeping_back, open_client, opening, parted

OFFICIAL = "https://generativelanguage.googleapis.com"
VERSIONS = ("/v1beta", "/v1")
# So many models a page, and so many pages are waited for.
PAGE, PAGES = 200, 10

# It tells what it does by itself at INFO.
logging.getLogger("google_genai").setLevel(logging.ERROR)


class GoogleProvider:
    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        base, query = parted(config.address or OFFICIAL)
        self._base = next((base.removesuffix(end) for end in VERSIONS if base.endswith(end)), base)
        self._host = host_of(self._base)
        self._http = open_client(self._base, self._host, config.timeout, keeps_alive=True)
        self._http.event_hooks = {
            "request": [pacing(config.timeout), *adding(query), *keeping_back("x-goog-api-key", config)],
            "response": [admit],
        }
        self._client: genai.Client | None = None
        self._making = asyncio.Lock()
        self._windows: dict[str, int] = {}

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        failures = Failures(self.config, prompt.model)
        reply = Reply(failures)
        async with self._open(prompt, failures) as chunks:
            try:
                async for chunk in chunks:
                    for delta in reply.feed(chunk):
                        yield delta
            except FAILING as error:
                if not reply.is_whole:
                    raise failure_of(error, failures, has_begun=chunks.has_begun) from None
        for delta in reply.close():
            yield delta

    async def models(self) -> tuple[str, ...]:
        """Those of the configuration; where it names none, those that the server lists."""
        return self.config.models or tuple(one.name for one in await self.listed())

    async def listed(self) -> tuple[Listed, ...]:
        """Those that can hold a conversation."""
        failures = Failures(self.config)
        client = await self._library(failures)
        found: list[Listed] = []
        try:
            async with asyncio.timeout(PAGES * opening(failures)):
                async for model in await client.aio.models.list(config={"page_size": PAGE}):
                    if "generateContent" in (model.supported_actions or ()):
                        found.append(read_model(model))
                    if len(found) >= PAGE * PAGES:
                        break
        except FAILING as error:
            raise failure_of(error, failures, has_begun=False) from None
        self._windows |= {one.name: one.context_window for one in found if one.context_window}
        return tuple(found)

    def context_window(self, model: str) -> int | None:
        """Known once the models were listed."""
        return self._windows.get(model)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _library(self, failures: Failures) -> genai.Client:
        """Made beside the loop, since it reads certificates; all is said to it that it would else look up, so
        a gateway that wants no key is asked with a made-up one, which never leaves.
        """
        if self._host is None:
            raise failures.misconfigured(Phrase("Its base URL must look like https://host."))
        key = failures.usable(self.config.api_key)
        if not key and self._host == host_of(OFFICIAL):
            raise failures.status(401, None, None)
        async with self._making:
            if self._client is None:
                self._client = await asyncio.to_thread(self._made, key)
        return self._client

    def _made(self, key: str) -> genai.Client:
        options = types.HttpOptions(
            base_url=self._base,
            api_version="v1beta",
            headers={"Accept-Encoding": "identity"},
            httpx_async_client=self._http,
        )
        return genai.Client(vertexai=False, api_key=key or NO_KEY, http_options=options)

    @asynccontextmanager
    async def _open(self, prompt: Prompt, failures: Failures) -> AsyncIterator[Chunks]:
        asked = [types.Content.model_validate(one) for one in contents(prompt.turns, failures)]
        options = types.GenerateContentConfig(**configuration(prompt))
        client = await self._library(failures)
        stream = await client.aio.models.generate_content_stream(
            model=prompt.model, contents=list(asked), config=options
        )
        # The library hands the head out with the first chunk alone.
        chunks = Chunks(stream, first_within=opening(failures) + failures.timeout)
        try:
            yield chunks
        finally:
            await chunks.aclose()


def read_model(model: types.Model) -> Listed:
    """The list says nothing of files and tools."""
    return Listed(
        (model.name or "").removeprefix("models/"),
        label=model.display_name or "",
        context_window=model.input_token_limit or None,
        max_output=model.output_token_limit or None,
        reasons=model.thinking,
    )
