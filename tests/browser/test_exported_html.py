"""An exported HTML file in a browser, from the disk: it breaks no policy of its own, asks for nothing, runs
nothing, and axe finds nothing in the light, in the dark, on a desk and on a phone.

Proves B13.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import nursery
from tests.browser.axe import faults
from tests.houses import ShowHouse
from tests.services import parley, settings_for

pytestmark = pytest.mark.browser
WRITE = "import django; django.setup(); from tests.browser.exported import main; main()"
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def documents(show_house: ShowHouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    show_house.copy_to(folder)
    with parley(settings_for(folder), folder) as server:
        server.run(nursery.code, WRITE, str(folder))
    return folder


class Opened:
    """A page, and all that it asked for, said or tried."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))

    def goto(self, path: Path, anchor: str = "") -> Page:
        self.page.goto(path.as_uri() + anchor)
        return self.page


@pytest.fixture(params=list(SIZES))
def opened(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Opened]:
    page = browser.new_page(viewport=SIZES[request.param])  # type: ignore[arg-type]
    yield Opened(page)
    page.close()


@pytest.mark.parametrize("name", ["rich", "hostile"])
def test_it_asks_for_nothing_and_runs_nothing(opened: Opened, documents: Path, name: str) -> None:
    page = opened.goto(documents / f"{name}.html")
    for article in page.locator("article").all():
        article.scroll_into_view_if_needed()
    assert [url[:200] for url in opened.asked if not url.startswith("data:")] == [page.url]
    assert opened.said == []
    assert page.evaluate(OVERFLOW) == 0
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(251, 253, 253)"


@pytest.mark.parametrize(("name", "scheme"), [("rich", "light"), ("rich", "dark"), ("long", "light")])
def test_axe_finds_nothing(browser: Browser, documents: Path, name: str, scheme: str) -> None:
    for size in SIZES.values():
        # axe is a script, which the document's own policy forbids.
        context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto((documents / f"{name}.html").as_uri())
        page.add_style_tag(content=".entry, .contents li { content-visibility: visible !important }")
        within = ".contents" if name == "long" else ""
        assert faults(page, within=within) == []
        for summary in page.locator("summary:visible").all():
            if summary.evaluate("one => getComputedStyle(one).pointerEvents") != "none":
                summary.click()
        assert faults(page, within=within) == []
        context.close()


def test_the_list_is_beside_the_text_or_folded_above_it(opened: Opened, documents: Path) -> None:
    page = opened.goto(documents / "long.html")
    heading, groups = page.get_by_text("Questions", exact=True), page.locator(".contents details details")
    if page.viewport_size == SIZES["phone"]:
        expect(groups.first).not_to_be_visible()
        heading.click()
    expect(groups).to_have_count(2)
    groups.last.locator("summary").click()
    page.get_by_role("link", name="103", exact=False).first.click()
    expect(page.get_by_role("heading", name="alice-who-exports").last).to_be_in_viewport()
    page.go_back()
    page.goto(page.url.split("#")[0])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the conversation")).to_be_focused()
