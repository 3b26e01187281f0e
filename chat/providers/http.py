"""httpx, as providers use it: one client, bounded answers, every failure in words."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import parse_qsl
from urllib.request import getproxies

import httpcore
import httpx

from chat.providers.contract import ProviderConfig, ProviderError
from chat.providers.failures import Failures
from chat.providers.sockets import Sockets

CONNECT = 10.0
MAX_ANSWER = 4 << 20
# What libraries are told that will not ask without a key. It never leaves.
NO_KEY = "no-key"
# httpcore looks at all idle connections for each of them whenever a request begins or ends: with 100 kept,
# 100 replies that began at once took a second of CPU for that alone.
LIMITS = httpx.Limits(max_connections=1000, max_keepalive_connections=20, keepalive_expiry=30.0)
NO_REUSE = httpx.Limits(max_connections=1000, max_keepalive_connections=0)

# httpcore imports it with the first request, which would wait 80 ms for it.
with suppress(ImportError):
    importlib.import_module("anyio._backends._asyncio")

# It logs every URL at INFO, and a base URL may hold a password.
logging.getLogger("httpx").setLevel(logging.WARNING)


def host_of(base: str) -> str | None:
    """None where it is no URL of a server at all."""
    try:
        url = httpx.URL(base)
        return (
            url.host if url.scheme in {"http", "https"} and 0 < (url.port or 1) < 65536 and url.host else None
        )
    except httpx.InvalidURL:
        return None


def parted(address: str) -> tuple[str, dict[str, str]]:
    """What paths are appended to, and what of the address goes along with each request in its query."""
    base, _, query = address.partition("#")[0].partition("?")
    return base.rstrip("/"), dict(parse_qsl(query, keep_blank_values=True))


Hook = Callable[[Any], Awaitable[None]]


def adding(query: Mapping[str, str]) -> list[Hook]:
    """A hook of httpx and its kin, where there is something to add: what a client has would replace the
    query that a library has for a request."""

    async def add(request: Any) -> None:
        request.url = request.url.copy_merge_params(query)

    return [add] if query else []


def keeping_back(header: str, config: ProviderConfig) -> list[Hook]:
    """A hook for who has no key: the libraries will not ask without one, and a gateway may want none."""

    async def keep_back(request: Any) -> None:
        if request.headers.get(header, "").removeprefix("Bearer ") == NO_KEY:
            del request.headers[header]

    return [] if config.api_key else [keep_back]


def is_near(host: str | None) -> bool:
    """On this machine, where no proxy goes."""
    return host in {"localhost", "127.0.0.1", "::1"}


def open_client(
    base: str, host: str | None, timeout: float, *, keeps_alive: bool, stays_outside: bool = False
) -> httpx.AsyncClient:
    """Proxies from the environment are for the world, not for this machine; trust roots are for TLS, as they
    take 30 ms to load. Redirects are not followed: they would carry the key to another host. Who
    `stays_outside` takes no proxy: that would look the name up anew, and may itself lead inside.
    """
    context = (
        httpx.create_ssl_context() if base.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
    limits = LIMITS if keeps_alive else NO_REUSE
    is_direct = stays_outside or is_near(host) or not {"http", "https", "all"} & getproxies().keys()
    return httpx.AsyncClient(
        transport=DirectTransport(context, limits, stays_outside=stays_outside) if is_direct else None,
        verify=context,
        follow_redirects=False,
        limits=limits,
        timeout=httpx.Timeout(timeout, connect=CONNECT, pool=CONNECT),
    )


class DirectTransport(httpx.AsyncHTTPTransport):
    """httpx's own over our sockets: it has no option for that, so its attribute is set; a test holds it."""

    def __init__(self, context: ssl.SSLContext, limits: httpx.Limits, *, stays_outside: bool) -> None:
        super().__init__(verify=context, limits=limits)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=Sockets(stays_outside=stays_outside),
        )


async def send(client: httpx.AsyncClient, request: httpx.Request, failures: Failures) -> httpx.Response:
    """The response's head; its body is still to come."""
    try:
        async with asyncio.timeout(opening(failures)):
            return await client.send(request, stream=True)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise failures.connection(error) from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise failures.silent() from error
    except httpx.HTTPError as error:
        raise failures.dropped() from error


def opening(failures: Failures) -> float:
    """Seconds until an answer has begun. A read alone is timed by the libraries, and heads may trickle."""
    return CONNECT + failures.timeout


class Answer(Protocol):
    """A response of httpx, or of one of its kin: what providers' own libraries connect with."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def aiter_raw(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


def is_stream(response: Answer) -> bool:
    """Some servers forget the content type, so only what is surely something else is refused."""
    encoding = response.headers.get("content-encoding", "identity")
    kinds = {"text/html", "application/json"}
    return response.status_code == 200 and encoding == "identity" and kind_of(response) not in kinds


def kind_of(response: Answer) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_json(response: Answer, broken: type[Exception] = httpx.HTTPError) -> object:
    """The body of an answer that is no stream; None where it is too long, too slow, packed or not JSON."""
    body = bytearray()
    try:
        async with asyncio.timeout(CONNECT):
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_ANSWER:
                    return None
        return json.loads(body)
    except (broken, TimeoutError, ValueError, RecursionError):
        return None
    finally:
        await response.aclose()


class Refused(Exception):
    """An answer that is not what was asked for. Some servers report a failure with status 200."""

    def __init__(self, response: Answer, answer: object) -> None:
        super().__init__(response.status_code)
        self.status = response.status_code
        self.error = error_in(answer)
        self.retry_after: str | None = response.headers.get("retry-after")
        self._is_told = isinstance(answer, dict) and bool(answer.get("error"))

    def told(self, failures: Failures) -> ProviderError:
        if self.status != 200:
            return failures.status(self.status, self.error, self.retry_after)
        return failures.event(self.error) if self._is_told else failures.not_a_stream()


def error_in(answer: object) -> object:
    """The part of an answer that says what went wrong, in any of the shapes that servers use."""
    if isinstance(answer, list) and answer:
        return error_in(answer[0])
    if isinstance(answer, dict):
        return answer.get("error") or answer.get("detail") or answer
    return answer
