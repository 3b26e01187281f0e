"""HTTP as servers of tools are asked by it: bounded, without redirects, for some at public addresses alone.

Imported with the SDK, on first use.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from chat.phrases import Phrase
from chat.providers.outside import InsideAddress, outside_addresses
from chat.tools.contract import ServerConfig

CONNECT = 10.0
# A stream of events may be silent while a tool works; the call has a limit of its own.
SILENCE = 600.0
MAX_ANSWER = 4 << 20
MAX_STREAM = 64 << 20
REFUSED = {
    401: Phrase("It wants a token, or does not know this one (401)."),
    403: Phrase("It refuses this token (403)."),
    404: Phrase("There is nothing at this address (404)."),
    405: Phrase("What is at this address does not speak this protocol (405)."),
    429: Phrase("It has been asked too often (429)."),
}


class Trouble:
    """What went wrong last, in words: the SDK tells it in its own, or not at all."""

    def __init__(self) -> None:
        self.words: Phrase | None = None


def open_client(
    config: ServerConfig, trouble: Trouble, headers: Mapping[str, str] | None = None
) -> httpx2.AsyncClient:
    """A client whose every request bears the server's headers."""
    return httpx2.AsyncClient(
        headers={**config.headers, **(headers or {}), "Accept-Encoding": "identity"},
        timeout=httpx2.Timeout(CONNECT, read=SILENCE),
        transport=Bounded(config, trouble),
        follow_redirects=False,
        trust_env=False,
    )


class Bounded(httpx2.AsyncHTTPTransport):
    """httpx2's own, with an end to what it takes in."""

    def __init__(self, config: ServerConfig, trouble: Trouble) -> None:
        is_tls = config.url.startswith("https:")
        context = httpx2.create_ssl_context() if is_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        super().__init__(verify=context, proxy=None if config.is_guarded else proxy_for(config.url))
        if config.is_guarded:  # it has no option for that, so its attribute is set; a test holds it
            self._pool = httpcore2.AsyncConnectionPool(ssl_context=context, network_backend=PublicOnly())
        self._trouble = trouble

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            response = await super().handle_async_request(request)
        except InsideAddress as error:
            self._trouble.words = Phrase("Its address is not a public one. Only administrators may use it.")
            raise httpx2.ConnectError("not public") from error
        except httpx2.TimeoutException:
            self._trouble.words = Phrase("It did not answer in time.")
            raise
        except httpx2.TransportError:
            self._trouble.words = Phrase("No server is at this address, or it broke the connection off.")
            raise
        self._trouble.words = self._problem_with(response)
        if response.is_redirect or "content-encoding" in response.headers:
            await response.aclose()
            raise httpx2.RemoteProtocolError("an answer that is not taken")
        is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
        response.stream = Counted(response.stream, MAX_STREAM if is_stream else MAX_ANSWER, self._trouble)
        return response

    def _problem_with(self, response: httpx2.Response) -> Phrase | None:
        status = str(response.status_code)
        if response.is_redirect:
            return Phrase(
                "It sends us on to another address (%(status)s). Enter that one, if it is right.",
                status=status,
            )
        if "content-encoding" in response.headers:
            return Phrase("It packs its answers, which we did not ask for.")
        if response.status_code < 400:
            return None
        known = REFUSED.get(response.status_code)
        return known or Phrase("It answers with an error (%(status)s).", status=status)


class Counted(httpx2.AsyncByteStream):
    """A body that ends with an error where it grows too long."""

    def __init__(self, stream: Any, limit: int, trouble: Trouble) -> None:
        self._stream, self._left, self._trouble = stream, limit, trouble

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._stream:
            self._left -= len(data)
            if self._left < 0:
                self._trouble.words = Phrase("It sent more than is taken.")
                raise httpx2.StreamError("too long")
            yield data

    async def aclose(self) -> None:
        await self._stream.aclose()


class PublicOnly(httpcore2.AsyncNetworkBackend):
    """Connects to what it has looked at: no name can change in between."""

    def __init__(self) -> None:
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  as httpcore2 hands it in
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            addresses = await outside_addresses(host, port)
        except InsideAddress:
            raise
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(str(error)) from error
        return await self._plain.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def proxy_for(url: str) -> str | None:
    """The environment's, which is for the world and not for this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in {"localhost", "127.0.0.1", "::1"} or proxy_bypass(host):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")
