"""What a message shows beyond its words: code, tables, formulas, links and pictures.

Proves B2.
"""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat

pytestmark = pytest.mark.browser
LONG = "x = [" + ", ".join(str(number) for number in range(80)) + "]"
CODE = f"```python\ndef f():\n\n    {LONG}\n    return x\n```"
NUMBERS = "code => getComputedStyle(code, '::before').content"
OVERFLOW = "box => box.scrollWidth > box.clientWidth"
SELECT_ALL = "pre => { getSelection().selectAllChildren(pre); return String(getSelection()) }"
FONTS = "[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)"


@pytest.fixture
def talk(chat: Chat) -> Chat:
    chat.begin(CODE, model="echo")
    chat.expect_ended()
    return chat


def test_long_lines_scroll_within_their_block_or_wrap_as_one_likes(talk: Chat) -> None:
    block = talk.last.locator("figure.code")
    pre = block.locator("pre")
    assert pre.evaluate(OVERFLOW)
    block.get_by_label("Wrap long lines").click()
    assert not pre.evaluate(OVERFLOW)
    talk.page.reload()
    assert not pre.evaluate(OVERFLOW)
    block.get_by_label("Do not wrap long lines").click()
    assert pre.evaluate(OVERFLOW)


def test_lines_are_numbered_and_the_numbers_are_no_text(talk: Chat) -> None:
    block = talk.last.locator("figure.code")
    code = block.locator("code")
    before = code.evaluate(SELECT_ALL)
    block.get_by_label("Show line numbers").click()
    expect(code).to_have_attribute("data-numbers", "1\n2\n3\n4")
    assert "4" in code.evaluate(NUMBERS)
    assert code.evaluate(SELECT_ALL) == before
    talk.page.reload()
    expect(code).to_have_attribute("data-numbers", "1\n2\n3\n4")
    block.get_by_label("Wrap long lines").click()
    expect(code).to_have_attribute("data-numbers", re.compile(r"^1\n2\n3\n\n+4$"))


def test_what_one_chose_holds_for_code_that_comes_later(talk: Chat) -> None:
    talk.last.get_by_label("Show line numbers").click()
    talk.say("```\na\nb\n```")
    expect(talk.messages).to_have_count(4)
    talk.expect_ended()
    expect(talk.last.locator("code")).to_have_attribute("data-numbers", "1\n2")


def test_the_copied_code_is_the_source_to_the_letter(talk: Chat) -> None:
    talk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    talk.last.get_by_label("Show line numbers").click()
    talk.last.get_by_label("Copy code").click()
    expect(talk.page.locator("#announcer")).to_have_text("Copied")
    source = CODE.removeprefix("```python\n").removesuffix("```")
    assert talk.page.evaluate("navigator.clipboard.readText()") == source


def test_the_head_of_a_long_block_stays_in_reach(chat: Chat) -> None:
    chat.begin("```\n" + "line\n" * 120 + "```", model="echo")
    chat.expect_ended()
    scroller = chat.page.locator("#scroller")
    scroller.evaluate("box => { box.scrollTop = box.scrollHeight - box.clientHeight - 300 }")
    expect(chat.last.get_by_label("Copy code")).to_be_in_viewport()


def test_a_wide_table_scrolls_in_itself_and_a_formula_brings_its_font(new_page: NewPage) -> None:
    page = new_page(width=390, height=844)
    chat = Chat(page)
    chat.begin("Hello")
    chat.expect_ended()
    assert "Parley Math" not in page.evaluate(FONTS)
    row = "|" + " a column |" * 18
    chat.begin(f"{row}\n{'|-' * 18}|\n{row}\n\n$$\\sum_{{i=1}}^n i$$", model="echo")
    chat.expect_ended()
    assert chat.last.locator("div.table").evaluate(OVERFLOW)
    assert not page.locator("#scroller").evaluate(OVERFLOW)
    page.wait_for_function(f"() => ({FONTS}).includes('Parley Math')")


def asked_of(page: Page, host: str) -> list[Request]:
    """Requests to another host are noted, and answered here."""
    asked: list[Request] = []
    picture = b64decode("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=")

    def answer(route: object, request: Request) -> None:
        asked.append(request)
        route.fulfill(body=picture, content_type="image/gif")  # type: ignore[attr-defined]

    page.route(f"**://{host}/**", answer)
    return asked


def test_a_picture_from_elsewhere_is_fetched_by_a_click_alone(chat: Chat) -> None:
    asked = asked_of(chat.page, "pictures.example")
    chat.begin("![A heap](http://pictures.example/heap.gif?a=1)", model="echo")
    chat.expect_ended()
    card = chat.last.locator("a.remote")
    expect(card).to_have_text("A heap")
    assert asked == []
    card.click()
    picture = chat.last.frame_locator("iframe").locator("img")
    expect(picture).to_have_js_property("naturalWidth", 1)
    assert [request.url for request in asked] == ["http://pictures.example/heap.gif?a=1"]
    assert "referer" not in asked[0].headers
    assert "cookie" not in asked[0].headers
    card.click()
    expect(chat.last.locator("iframe")).to_have_count(0)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.org/x",
        "https://a.org; script-src *",
        "https://",
        "https://a,b/",
    ],
)
def test_the_frame_of_a_picture_takes_only_an_address_of_the_web(chat: Chat, url: str) -> None:
    answer = chat.page.request.get("/picture-from/", params={"url": url})
    assert answer.status == 404


def test_the_frame_of_a_picture_may_do_nothing_else(chat: Chat) -> None:
    headers = chat.page.request.get("/picture-from/", params={"url": "https://a.org:81/x;y"}).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'; img-src https://a.org:81; style-src 'self'" in policy
    assert "sandbox" in policy
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "no-referrer"
    own = chat.page.url if chat.page.url != "about:blank" else "x"
    framed = chat.page.request.get(
        "/picture-from/", params={"url": own}, headers={"Sec-Fetch-Dest": "document"}
    )
    assert framed.status == 404


def test_a_link_shows_its_host_when_one_comes_near(chat: Chat) -> None:
    chat.begin(
        "[the docs](https://docs.example/x) and [https://bank.example](https://evil.example)", model="echo"
    )
    chat.expect_ended()
    link = chat.last.get_by_role("link", name="the docs")
    expect(link).to_have_accessible_name("the docs (docs.example)")
    shown = "link => getComputedStyle(link, '::after').opacity"
    assert link.evaluate(shown) == "0"
    link.hover()
    link.evaluate("link => Promise.all(link.getAnimations({ subtree: true }).map(one => one.finished))")
    assert link.evaluate(shown) == "1"
    assert chat.last.locator("a.misleading").evaluate(shown) == "1"
