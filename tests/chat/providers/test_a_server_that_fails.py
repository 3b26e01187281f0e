"""Every way in which a model server fails, over real sockets, ends in words and keeps what had come."""

from __future__ import annotations

import asyncio
import time

import pytest

from chat.providers.contract import ProviderConfig, ProviderError
from chat.providers.failures import Failures, wait_of
from chat.providers.openai import OpenAIProvider
from tests.chat.providers.asking import Answer, ask, prompt
from tests.chat.providers.conftest import SILENCE
from tests.upstream import Upstream

KEY = "sk-secret"
FAILURES = [
    # model, how many tokens are kept, what the person reads, whether trying again may help
    ("e401", 0, "refused the API key", False),
    ("e403", 0, "refused the API key", False),
    ("e404", 0, "does not know this model", False),
    ("e429", 0, "in 7 seconds", True),
    ("e500", 0, "having trouble", True),
    ("e503", 0, "Overloaded", True),
    ("toolong", 0, "too long for this model", False),
    ("hang", 0, "stopped answering", True),
    ("hang5", 5, "stopped answering", True),
    ("pings5", 5, "stopped answering", True),
    ("drop10", 10, "cut off", True),
    ("shut10", 10, "cut off", True),
    ("cut10", 10, "cut off", True),
    ("bad10", 10, "damaged", True),
    ("huge10", 10, "damaged", True),
    ("err10", 10, "The engine overheated", True),
    ("empty", 0, "empty reply", True),
    ("html", 0, "did not send a reply", False),
    ("gzip", 0, "did not send a reply", False),
    ("redirect", 0, "points somewhere else", False),
]


def said(answer: Answer) -> str:
    assert answer.error is not None
    return str(answer.error)


@pytest.mark.parametrize(("model", "kept", "words", "retryable"), FAILURES)
async def test_it_says_what_failed_and_keeps_what_came(
    provider: OpenAIProvider, model: str, kept: int, words: str, retryable: bool
) -> None:
    answer = await ask(provider, prompt(model))
    assert words in said(answer)
    assert answer.text == "".join(f"t{k} " for k in range(kept))
    assert answer.error is not None
    assert answer.error.retryable is retryable
    assert not any(secret in said(answer) for secret in (KEY, "127.0.0.1", "http", "Traceback"))


def test_a_server_that_repeats_its_address_does_not_tell_what_is_hidden_in_it() -> None:
    whole = "https://me:pa55word@gw.example/v1?on=true&code=c0de%2Fword"
    config = ProviderConfig("Acme", "openai", "https://***@gw.example/v1?code=***", secret_url=whole)
    for echo in ("/v1/chat?on=true&code=c0de%2Fword", "code c0de/word of me:pa55word", whole):
        told = str(Failures(config).status(500, {"message": f"It is true: no {echo}"}, None))
        assert "It is true: no " in told
        assert not any(one in told for one in ("c0de", "pa55word"))


async def test_it_asks_once_and_leaves_trying_again_to_others(provider: OpenAIProvider, up: Upstream) -> None:
    await ask(provider, prompt("e500"))
    await ask(provider, prompt("drop10"))
    assert len(up.requests) == 2


async def test_the_wait_that_a_server_asks_for_is_handed_on(provider: OpenAIProvider) -> None:
    answer = await ask(provider, prompt("e429"))
    assert answer.error is not None
    assert answer.error.retry_after == 7


async def test_silence_is_noticed_in_time_and_the_request_closed(
    provider: OpenAIProvider, up: Upstream
) -> None:
    begun = time.monotonic()
    await ask(provider, prompt("hang5"))
    assert SILENCE <= time.monotonic() - begun < SILENCE + 0.5
    await asyncio.sleep(0.05)
    assert up.last.gone_at is not None


async def test_a_failure_leaves_the_provider_usable(provider: OpenAIProvider) -> None:
    for model in ("drop10", "bad10", "hang5", "e500"):
        await ask(provider, prompt(model))
    assert (await ask(provider, prompt("n5"))).text == "t0 t1 t2 t3 t4 "


@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("http://127.0.0.1:1/v1", "Is the server running?"),
        ("http://user:hunter2@nowhere.invalid/v1", "cannot be reached"),
        ("ftp://127.0.0.1/v1", "must look like"),
        ("http://[broken/v1", "cannot be reached"),
        ("http://127.0.0.1:99999/v1", "must look like"),
        ("nonsense", "must look like"),
    ],
)
async def test_an_address_that_cannot_work_is_named_as_such(base_url: str, words: str) -> None:
    provider = OpenAIProvider(ProviderConfig("Acme", "openai", base_url, timeout=2))
    answer = await ask(provider, prompt("any"))
    assert words in said(answer)
    assert "hunter2" not in said(answer)
    await provider.aclose()


async def test_a_server_without_tls_is_not_talked_to_in_the_clear(up: Upstream) -> None:
    secure = up.url.replace("http:", "https:")
    provider = OpenAIProvider(ProviderConfig("Acme", "openai", secure, KEY, timeout=2))
    assert "secure connection" in said(await ask(provider, prompt("n1")))
    assert not up.requests
    await provider.aclose()


async def test_a_key_that_no_header_can_carry_is_not_sent(up: Upstream) -> None:
    provider = OpenAIProvider(ProviderConfig("Acme", "openai", up.url, "schlüssel\nX: y"))
    assert "not set up correctly" in said(await ask(provider, prompt("n1")))
    assert not up.requests
    await provider.aclose()


async def test_a_wrong_key_is_told_by_the_list_of_models_too(up: Upstream) -> None:
    provider = OpenAIProvider(ProviderConfig("Acme", "openai", up.url, "wrong"))
    with pytest.raises(ProviderError, match="refused the API key"):
        await provider.models()
    await provider.aclose()


def test_what_a_server_says_is_shown_without_keys() -> None:
    failures = Failures(ProviderConfig("Acme", "openai", api_key="hunter2"))
    error = failures.status(418, {"message": "no hunter2, sk-abcdefgh1234, http://a:b@c/"}, None)
    assert not any(secret in str(error) for secret in ("hunter2", "sk-abc", "a:b"))
    assert "hunter2" not in repr(ProviderConfig("Acme", "openai", api_key="hunter2"))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("1e99", 86400.0),
        ("nan", None),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0),
    ],
)
def test_it_reads_every_form_of_retry_after(header: str | None, seconds: float | None) -> None:
    assert wait_of(header) == seconds
