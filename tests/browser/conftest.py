"""Chromium, a real server and a fake model server: what the browser tests stand on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.driving import Chat
from tests.houses import ShowHouse
from tests.services import ROOT, Parley, _wait_for_port, free_port, parley, settings_for

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MODELS = [
    "n20-r100",
    "echo",
    "errand",
    "n40-r10",
    "md150-r50",
    "n200-r50",
    "n200-r25",
    "n900-r30",
    "md150-r20",
    "reason5",
    "length5",
    "e500",
    "drop10",
    "cut60-r40",
    "hang",
    "hang5",
    "md150-r500",  # where it is the reply that matters, not how it comes
]
PASSWORD = "a calm harbour at dusk"
NewPage = Callable[..., Page]
expect.set_options(timeout=15_000)  # a busy machine is no failure


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The first is the same browser without its windows and menus, and takes half the work.
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def upstream() -> Iterator[str]:
    """The URL of a model server that streams as the model's name says."""
    port = free_port()
    command = [sys.executable, "-m", "tests.upstream", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        _wait_for_port(port)
        yield f"http://127.0.0.1:{port}/v1"
        process.terminate()


@pytest.fixture(scope="session")
def site(upstream: str, show_house: ShowHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parley]:
    """A server with the fake models and no account yet."""
    folder = tmp_path_factory.mktemp("site")
    show_house.copy_to(folder)
    with parley(settings_for(folder), folder) as server:
        models = [word for model in MODELS for word in ("--model", model)]
        server.manage(
            "add_provider", "fake", "--kind", "openai", "--base-url", upstream, "--default", *models
        )
        server.start()
        yield server


@pytest.fixture(scope="session")
def login(site: Parley, browser: Browser) -> Path:
    """The first account, made as its owner makes it; the file that keeps its login."""
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/")
    page.fill("[name=username]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.click("text=Create the account")
    page.wait_for_url(f"{site.url}/")
    state = site.folder / "login.json"
    context.storage_state(path=state)
    context.close()
    return state


@pytest.fixture
def new_page(site: Parley, browser: Browser, login: Path) -> Iterator[NewPage]:
    """A window of Alice's. Whatever its console complains of fails the test, unless `noisy`."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_page(*, noisy: bool = False, width: int = 1280, height: int = 800, **options: object) -> Page:
        size = {"width": width, "height": height}
        given: Any = {"storage_state": login, "viewport": size, **options}
        context = browser.new_context(base_url=site.url, **given)
        contexts.append(context)
        page = context.new_page()
        slow_down(page)
        if not noisy:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: complaints.extend(_complaint(message)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def chat(new_page: NewPage) -> Chat:
    return Chat(new_page())


def slow_down(page: Page) -> None:
    """With SLOW=4 in the environment the page is four times slower, the server 160 ms away: races show."""
    if slowness := float(os.environ.get("SLOW", "0")):
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowness})
        answer_late(page, 40 * slowness)


def answer_late(page: Page, milliseconds: float) -> None:
    """So much later comes what is asked for by HTTP; an open socket is as quick as before."""
    network = {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", network)


def _complaint(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type in ("error", "warning") else []
