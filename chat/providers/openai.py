"""Any server that speaks OpenAI's chat completions: the hot path, so on bare httpx with our own parser."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx

from chat.phrases import Phrase
from chat.providers.contract import Delta, Listed, Prompt, ProviderConfig, ProviderError
from chat.providers.facts import OPENAI
from chat.providers.failures import Failures
from chat.providers.http import Refused, adding, host_of, is_stream, open_client, parted, read_json, send
from chat.providers.listening import listen
from chat.providers.openai_listing import Entry, entries_of, is_lm_studio, is_ollama, read_entry
from chat.providers.openai_reply import Reply
from chat.providers.openai_request import Manners, completion_body, encode, headers

# So many of Ollama's models are asked about, one by one.
SHOWN = 100


class OpenAIProvider:
    """One client, and so one pool of kept-alive connections, for as long as the configuration lasts."""

    def __init__(self, config: ProviderConfig, *, keeps_alive: bool = True) -> None:
        self.config = config
        self._base, query = parted(config.address or OPENAI)
        self._host = host_of(self._base)
        self._client = open_client(
            self._base,
            self._host,
            config.timeout,
            keeps_alive=keeps_alive,
            stays_outside=config.stays_outside,
        )
        self._client.event_hooks = {"request": adding(query)}
        self._asks_usage = True
        self._windows: dict[str, int] = {}

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        failures = Failures(self.config, prompt.model)
        response = await self._open(prompt, failures)
        heard = listen(
            response.aiter_raw(),
            Reply(failures),
            failures,
            broken=httpx.HTTPError,
            late=httpx.TimeoutException,
        )
        try:
            async with aclosing(heard) as deltas:
                async for delta in deltas:
                    yield delta
        finally:
            await response.aclose()

    async def models(self) -> tuple[str, ...]:
        """Those of the configuration; where it names none, those that the server lists."""
        return self.config.models or tuple(one.name for one in await self.listed())

    async def listed(self) -> tuple[Listed, ...]:
        """What the server lists; what it tells of each beyond its name is its own choice."""
        failures = Failures(self.config)
        response = await self._ask("GET", f"{self._base}/models", None, failures)
        answer = await read_json(response)
        entries = entries_of(answer)
        if response.status_code != 200 or entries is None:
            raise Refused(response, answer).told(failures)
        found = tuple(map(read_entry, await self._told(entries, failures)))
        self._windows |= {one.name: one.context_window for one in found if one.context_window}
        return found

    def context_window(self, model: str) -> int | None:
        """Known where the server says so in its list of models, as vLLM, OpenRouter and others do."""
        return self._windows.get(model)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _open(self, prompt: Prompt, failures: Failures) -> httpx.Response:
        """The response whose body is the stream; everything else is an error."""
        manners = Manners(self.config.kind, self._host, asks_usage=self._asks_usage)
        body = completion_body(prompt, manners, failures)
        while True:
            response = await self._ask("POST", f"{self._base}/chat/completions", encode(body), failures)
            if is_stream(response):
                return response
            answer = await read_json(response)
            if "stream_options" not in body or "stream_options" not in str(answer):
                raise Refused(response, answer).told(failures)
            # An older server that does not know the option: once more without, and from now on.
            del body["stream_options"]
            self._asks_usage = False

    async def _told(self, entries: list[Entry], failures: Failures) -> list[Entry]:
        """LM Studio and Ollama tell what models can do at addresses of their own; else it stays unknown."""
        root = self._base.removesuffix("/v1")
        try:
            if is_lm_studio(entries):
                return entries_of(await self._read("GET", f"{root}/api/v0/models", None, failures)) or entries
            if is_ollama(entries):
                return [await self._shown(entry, root, failures) for entry in entries[:SHOWN]]
        except ProviderError:
            pass
        return entries

    async def _shown(self, entry: Entry, root: str, failures: Failures) -> Entry:
        """Ollama's windows are those of the files; it runs them with smaller ones, which nothing tells."""
        shown = await self._read("POST", f"{root}/api/show", encode({"model": entry["id"]}), failures)
        return entry | {"capabilities": shown.get("capabilities")} if isinstance(shown, dict) else entry

    async def _read(self, method: str, url: str, content: bytes | None, failures: Failures) -> object:
        return await read_json(await self._ask(method, url, content, failures))

    async def _ask(self, method: str, url: str, content: bytes | None, failures: Failures) -> httpx.Response:
        if self._host is None:
            raise failures.misconfigured(Phrase("Its base URL must look like https://host/v1."))
        sent = headers(self.config, failures)
        request = self._client.build_request(method, url, content=content, headers=sent)
        return await send(self._client, request, failures)
