"""Between Google's library and the network: refusals are told from outside, what is odd never gets in."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import httpx
from google.genai import errors, types

from chat.providers.contract import ProviderError
from chat.providers.failures import Failures
from chat.providers.http import CONNECT, Refused, is_stream, kind_of, read_json
from chat.providers.listening import PATIENCE
from chat.providers.sse import DataLines, LineTooLong

STREAMING = ":streamGenerateContent"
DELAY = re.compile(r"(\d+(?:\.\d+)?)s")
# What comes out of the library: its own, httpx's and ours; of what cannot be read it says ValueError.
FAILING = (errors.APIError, httpx.HTTPError, Refused, LineTooLong, TimeoutError, ValueError)

# The responses of the stream that is being read: the library keeps them to itself, and what is not closed
# goes on upstream.
_opened: ContextVar[list[httpx.Response] | None] = ContextVar("opened", default=None)


class Chunks:
    """What the library makes of one stream, with all that it opened for it."""

    def __init__(self, stream: AsyncIterator[types.GenerateContentResponse], *, first_within: float) -> None:
        self._stream = stream
        self._responses: list[httpx.Response] = []
        self._first_within: float | None = first_within

    def __aiter__(self) -> Chunks:
        return self

    async def __anext__(self) -> types.GenerateContentResponse:
        token = _opened.set(self._responses)
        try:
            if self._first_within is None:
                return await anext(self._stream)
            async with asyncio.timeout(self._first_within):
                chunk = await anext(self._stream)
            self._first_within = None
            return chunk
        finally:
            _opened.reset(token)

    @property
    def has_begun(self) -> bool:
        """The head of an answer has come."""
        return bool(self._responses)

    async def aclose(self) -> None:
        for response in self._responses:
            await response.aclose()
        if isinstance(self._stream, AsyncGenerator):
            await self._stream.aclose()


def pacing(timeout: float) -> Callable[[httpx.Request], Awaitable[None]]:
    """A hook of httpx: the library sets no timeout, or tells the server to end the reply after it."""
    limits = httpx.Timeout(timeout, connect=CONNECT, pool=CONNECT).as_dict()

    async def pace(request: httpx.Request) -> None:
        request.extensions["timeout"] = limits

    return pace


async def admit(response: httpx.Response) -> None:
    """A hook of httpx. The library would read a refusal to its end, and take anything else for a reply."""
    is_streaming = STREAMING in response.request.url.path
    is_fit = is_stream(response) if is_streaming else kind_of(response) != "text/html"
    if response.status_code != 200 or not is_fit:
        raise Refused(response, await read_json(response))
    if is_streaming:
        response.stream = Sieve(response)
        if (responses := _opened.get()) is not None:
            responses.append(response)


class Sieve(httpx.AsyncByteStream):
    """The events of a stream and nothing else: the library fails at comments, and holds lines without end."""

    def __init__(self, response: httpx.Response) -> None:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        self._source = response.stream
        self._lines = DataLines()
        self._patience = PATIENCE * response.request.extensions["timeout"]["read"]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        heard = time.monotonic()
        async for chunk in self._source:
            for data in self._lines.feed(chunk):
                heard = time.monotonic()
                if data:
                    yield b"data: %b\n\n" % data
            if time.monotonic() - heard > self._patience:
                raise httpx.ReadTimeout("Nothing but comments")
        for data in self._lines.close():
            if data:
                yield b"data: %b\n\n" % data

    async def aclose(self) -> None:
        await self._source.aclose()


def failure_of(error: Exception, failures: Failures, *, has_begun: bool) -> ProviderError:
    match error:
        case Refused():
            return refusal(error, failures)
        case errors.APIError():
            said = error.details
            return failures.event(said.get("error", said) if isinstance(said, dict) else said)
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return failures.connection(error)
        case httpx.TimeoutException() | TimeoutError():
            return failures.silent()
        case httpx.HTTPError():
            return failures.cut_off() if has_begun else failures.dropped()
        case _:
            return failures.malformed()


def refusal(refused: Refused, failures: Failures) -> ProviderError:
    """A wrong key is an invalid argument here, and how long to wait stands among the details."""
    details = refused.error.get("details") if isinstance(refused.error, dict) else None
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict) and detail.get("reason") == "API_KEY_INVALID":
            refused.status = 401
        if delay := delay_of(detail):
            refused.retry_after = refused.retry_after or delay
    return refused.told(failures)


def delay_of(detail: Any) -> str | None:
    delay = detail.get("retryDelay") if isinstance(detail, dict) else None
    found = DELAY.fullmatch(delay) if isinstance(delay, str) else None
    return found.group(1) if found else None
