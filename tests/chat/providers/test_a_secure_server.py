"""TLS with a certificate of our own: trusted it works as in the clear, untrusted nothing is sent."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.providers.contract import ProviderConfig
from chat.providers.openai import OpenAIProvider
from tests.chat.providers.asking import ask, prompt
from tests.upstream import Upstream
from tests.upstream_replies import replies

MAKE = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    command = [*MAKE.split(), "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
async def secure(certificate: Path) -> AsyncIterator[Upstream]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    async with Upstream(tls=context) as up:
        yield up


async def test_an_unknown_certificate_is_refused(secure: Upstream) -> None:
    provider = OpenAIProvider(ProviderConfig("Acme", "openai", secure.url, "sk-secret"))
    answer = await ask(provider, prompt("n1"))
    assert "No secure connection" in str(answer.error)
    assert not secure.requests
    await provider.aclose()


async def test_a_trusted_one_streams_fails_and_stops_as_in_the_clear(
    secure: Upstream, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    provider = OpenAIProvider(ProviderConfig("Acme", "openai", secure.url, "sk-secret", timeout=0.4))
    for model in ("md2000-r0", "n3"):
        answer = await ask(provider, prompt(model))
        assert answer.text == "".join(replies(model))
    assert secure.connections == 1
    assert "stopped answering" in str((await ask(provider, prompt("hang5"))).error)
    assert "cut off" in str((await ask(provider, prompt("drop10"))).error)
    stream = provider.stream(prompt("n2000-r50"))
    await anext(stream)
    await stream.aclose()
    await asyncio.sleep(0.1)
    assert secure.last.gone_at is not None
    await provider.aclose()
