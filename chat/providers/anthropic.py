"""Claude, by Anthropic's own library, which knows the wire's newest version; we read the stream ourselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import anthropic
import httpx2

from chat.phrases import Phrase
from chat.providers.anthropic_http import open_client, told
from chat.providers.anthropic_reply import Reply
from chat.providers.anthropic_request import parameters
from chat.providers.contract import Delta, Listed, Prompt, ProviderConfig
from chat.providers.facts import facts_of
from chat.providers.failures import Failures
from chat.providers.http import (
    NO_KEY,
    Refused,
    adding,
    host_of,
    is_stream,
    keeping_back,
    opening,
    parted,
    read_json,
)
from chat.providers.listening import listen
from chat.providers.reading import count, part, words

OFFICIAL = "https://api.anthropic.com"
# Of this many pages the list of models is read.
MAX_PAGES = 20


class AnthropicProvider:
    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        base, query = parted(config.address or OFFICIAL)
        self._base = base.removesuffix("/v1")
        self._host = host_of(self._base)
        self._known: dict[str, Listed] = {}
        self._http = open_client(self._base, self._host, config.timeout)
        self._http.event_hooks = {
            **self._http.event_hooks,
            "request": [*adding(query), *keeping_back("authorization", config)],
        }
        self._client: anthropic.AsyncAnthropic | None = None

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        failures = Failures(self.config, prompt.model)
        if prompt.max_output is None:
            prompt = replace(prompt, max_output=self._max_output(prompt.model))
        sent = parameters(prompt, failures)
        async with self._open(sent, failures) as response:
            heard = listen(
                response.aiter_raw(),
                Reply(failures),
                failures,
                broken=httpx2.HTTPError,
                late=httpx2.TimeoutException,
            )
            async with aclosing(heard) as deltas:
                async for delta in deltas:
                    yield delta

    async def models(self) -> tuple[str, ...]:
        """Those of the configuration; where it names none, those that the server lists."""
        return self.config.models or tuple(one.name for one in await self.listed())

    async def listed(self) -> tuple[Listed, ...]:
        failures = Failures(self.config)
        found: dict[str, Listed] = {}
        after: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            page = await self._page(after, failures)
            entries = page.get("data")
            for entry in entries if isinstance(entries, list) else ():
                if (one := read_entry(entry)) is not None:
                    found[one.name] = one
            last = words(page.get("last_id"))
            if not page.get("has_more") or not last or after.get("after_id") == last:
                break
            after = {"after_id": last}
        self._known |= found
        return tuple(found.values())

    def context_window(self, model: str) -> int | None:
        """Known once the models were listed."""
        known = self._known.get(model)
        return known.context_window if known else None

    async def aclose(self) -> None:
        await self._http.aclose()

    def _max_output(self, model: str) -> int | None:
        known = self._known.get(model)
        facts = facts_of("anthropic", self.config.base_url, model, datetime.now(UTC).date())
        return (known and known.max_output) or facts.max_output

    def _library(self, failures: Failures) -> anthropic.AsyncAnthropic:
        """Everything is said to it, since what is not it takes from the environment or the disk: a gateway
        that wants no key is asked with a made-up one, which never leaves.
        """
        if self._host is None:
            raise failures.misconfigured(Phrase("Its base URL must look like https://host."))
        key = failures.usable(self.config.api_key)
        if not key and self._host == host_of(OFFICIAL):
            raise failures.status(401, None, None)
        if self._client is None:
            self._client = anthropic.AsyncAnthropic(
                api_key=key or NO_KEY,
                base_url=self._base,
                max_retries=0,
                http_client=self._http,
                default_headers={"Accept-Encoding": "identity", "User-Agent": "Parley"},
            )
        return self._client

    @asynccontextmanager
    async def _open(self, sent: dict[str, Any], failures: Failures) -> AsyncIterator[httpx2.Response]:
        client = self._library(failures)
        async with told(failures):
            opened = client.messages.with_streaming_response.create(**sent, stream=True)
            async with asyncio.timeout(opening(failures)):
                response = (await opened.__aenter__()).http_response
        try:
            if not is_stream(response):
                answer = await read_json(response, httpx2.HTTPError)
                raise Refused(response, answer).told(failures)
            yield response
        finally:
            await opened.__aexit__(None, None, None)

    async def _page(self, after: Mapping[str, str], failures: Failures) -> dict[str, Any]:
        client = self._library(failures)
        listing = client.models.with_streaming_response.list(limit=1000, extra_query=after)
        async with told(failures), asyncio.timeout(opening(failures)), listing as response:
            answer = await read_json(response.http_response, httpx2.HTTPError)
        if not isinstance(answer, dict) or "data" not in answer:
            raise failures.not_a_stream()
        return answer


def read_entry(entry: object) -> Listed | None:
    if not isinstance(entry, dict) or not words(entry.get("id")):
        return None
    able = part(entry, "capabilities")
    return Listed(
        words(entry.get("id")),
        label=words(entry.get("display_name")),
        context_window=count(entry.get("max_input_tokens")) or None,
        max_output=count(entry.get("max_tokens")) or None,
        sees_pictures=_is_able(able, "image_input"),
        reads_documents=_is_able(able, "pdf_input"),
        calls_tools=True,
        reasons=_is_able(able, "thinking"),
    )


def _is_able(able: dict[str, Any], name: str) -> bool | None:
    is_so = part(able, name).get("supported")
    return is_so if isinstance(is_so, bool) else None
