"""httpx2, as Anthropic's library connects with it: what http is for httpx."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anthropic
import httpx2

from chat.providers.contract import ProviderError
from chat.providers.failures import Failures
from chat.providers.http import CONNECT, Refused, is_near, kind_of, read_json

LIMITS = httpx2.Limits(max_connections=1000, max_keepalive_connections=20, keepalive_expiry=30.0)

# They log URLs and options, and a base URL may hold a password.
for name in ("anthropic", "httpx2"):
    logging.getLogger(name).setLevel(logging.WARNING)


def open_client(base: str, host: str | None, timeout: float) -> httpx2.AsyncClient:
    """As http.open_client does for httpx."""
    context = (
        httpx2.create_ssl_context() if base.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
    return httpx2.AsyncClient(
        verify=context,
        trust_env=not is_near(host),
        follow_redirects=False,
        limits=LIMITS,
        timeout=httpx2.Timeout(timeout, connect=CONNECT, pool=CONNECT),
        event_hooks={"response": [admit]},
    )


async def admit(response: httpx2.Response) -> None:
    """The library would read a refusal to its end, however long it is."""
    if response.status_code != 200 or kind_of(response) == "text/html":
        raise Refused(response, await read_json(response, httpx2.HTTPError))


@asynccontextmanager
async def told(failures: Failures) -> AsyncIterator[None]:
    """Whatever goes wrong before a stream begins, in words: the library's hold the address."""
    try:
        yield
    except anthropic.APIConnectionError as error:
        raise failure_of(error.__cause__, failures) from None
    except TimeoutError:
        raise failures.silent() from None


def failure_of(cause: BaseException | None, failures: Failures) -> ProviderError:
    match cause:
        case Refused():
            return cause.told(failures)
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            return failures.connection(cause)
        case httpx2.TimeoutException():
            return failures.silent()
        case _:
            return failures.dropped()
