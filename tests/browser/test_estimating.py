"""As one types, the composer says what sending would take.

Proves F6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from chat.estimates import PER_TURN, tokens_in
from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser
DEAR = "from tests.chat.usage import price; price('', 'dear', input_price=1000, output_price=1000)"
WHERE = ["--kind", "openai", "--base-url", "http://127.0.0.1:9/v1"]


@pytest.fixture
def dear(site: Parley) -> Iterator[None]:
    """A provider with a price, and one without."""
    site.manage("add_provider", "dear", *WHERE, "--model", "a")
    site.manage("add_provider", "odd", *WHERE, "--model", "a")
    site.manage("shell", "-v0", "-c", DEAR)
    yield
    gone = "from chat.models import *; ConfiguredProvider.objects.filter(name__in=['dear', 'odd']).delete()"
    site.manage("shell", "-v0", "-c", f"{gone}; ModelPrice.objects.all().delete()")


def test_it_grows_with_the_text_and_follows_the_model(chat: Chat, dear: None) -> None:
    page = chat.page
    page.goto("/")
    page.locator("#composer-model").evaluate(
        "select => { select.value = 'dear::a'; select.dispatchEvent(new Event('change', {bubbles: true})) }"
    )
    shown = page.locator("#estimate")
    expect(shown).to_be_empty()
    chat.text.fill("Tides")
    expect(shown).to_have_text("≈ 5 tokens · about $0.41")
    chat.text.fill("Tides " * 1000)
    expect(shown).to_have_text("≈ 1,308 tokens · about $1.71")
    page.locator("#composer-model").evaluate(
        "select => { select.value = 'odd::a'; select.dispatchEvent(new Event('change', {bubbles: true})) }"
    )
    expect(shown).to_have_text(re.compile(r"^≈ 1,308 tokens · price unknown$"))
    chat.text.fill("")
    expect(shown).to_be_empty()


@pytest.mark.parametrize("text", ["Größe: 42 %!", "Привет, мир", "潮の満ち引き 🌊🌊", "x = {'a': [1, 2]}"])
def test_it_counts_as_the_server_does(chat: Chat, text: str) -> None:
    chat.page.goto("/")
    chat.text.fill(text)
    expect(chat.page.locator("#estimate")).to_contain_text(f"≈ {tokens_in(text) + PER_TURN} tokens")


def test_a_page_that_begins_with_a_draft_tells_it_too(chat: Chat) -> None:
    page = chat.page
    page.goto("/")
    shown = page.locator("#estimate")
    with page.expect_response("**/draft/"):
        chat.text.fill("To be sent tomorrow")
    expect(shown).to_contain_text("tokens")
    page.reload()
    expect(chat.text).to_have_value("To be sent tomorrow")
    expect(shown).to_contain_text("tokens")
