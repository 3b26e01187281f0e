"""Hostile words through every place that shows text, in a real browser: nothing runs, loads or moves.

Proves C12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, BrowserContext, expect

from chat.rendering import render
from tests.browser.conftest import PASSWORD
from tests.browser.driving import Chat
from tests.browser.hostile import HOST, NEAR, batches, payloads
from tests.browser.watching import FORGED, Watch
from tests.houses import ShowHouse
from tests.services import Parley, parley, settings_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hostile_site(
    upstream: str, show_house: ShowHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Parley]:
    """A server of its own, since its rows will not be fit for any other test."""
    folder = tmp_path_factory.mktemp("hostile")
    show_house.copy_to(folder)
    with parley(settings_for(folder), folder) as server:
        models = [word for name in ("muse", "shout") for word in ("--model", name)]
        server.manage(
            "add_provider", "fake", "--kind", "openai", "--base-url", upstream, "--default", *models
        )
        server.start()
        yield server


@pytest.fixture(scope="module")
def inside(hostile_site: Parley, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=hostile_site.url)
    page = context.new_page()
    page.goto("/")
    page.fill("[name=username]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{hostile_site.url}/")
    page.close()
    yield context
    context.close()


@pytest.fixture
def watch(inside: BrowserContext, hostile_site: Parley) -> Iterator[Watch]:
    page = inside.new_page()
    yield Watch(page, hostile_site.url)
    page.close()


@pytest.fixture(scope="module")
def api(inside: BrowserContext, hostile_site: Parley) -> Any:
    """Calls of the API as Alice: `api("POST", path, body)`."""
    token = hostile_site.manage("create_token", "alice").strip()

    def call(method: str, path: str, body: Any = None, **more: Any) -> Any:
        url = f"{hostile_site.url}/api/chat/{path}"
        given = {"data": body} if body is not None else {}
        headers = {"Authorization": f"Bearer {token}"}
        answer = inside.request.fetch(url, method=method, headers=headers, **given, **more)
        assert answer.ok, (path, answer.status, answer.text()[:300])
        return answer.json() if answer.text() else None

    return call


# As frames come into the page; then whatever could be listened for happens.
PUT = """(html) => {
  const body = document.createElement('div');
  body.className = 'message__body prose';
  body.innerHTML = html;
  document.querySelector('main, body').append(body);
  htmx.process(body);
  for (const element of body.querySelectorAll('*')) {
    for (const kind of ['mouseover', 'focus', 'toggle', 'load']) {
      element.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }
}"""


def test_there_are_many() -> None:
    assert len(set(payloads())) >= 150


def test_words_of_people_and_models_run_nothing_as_they_stream_and_as_they_are_kept(watch: Watch) -> None:
    chat = Chat(watch.page)
    first, *others = batches(2500, "\n\n")
    chat.begin(first, model="muse")
    chat.expect_ended()
    for number, words in enumerate(others, start=2):
        chat.say(words)
        expect(chat.messages).to_have_count(2 * number)
        chat.expect_ended()
    watch.expect_calm()
    watch.page.reload()
    expect(chat.messages).to_have_count(2 * (len(others) + 1))
    for thoughts in watch.page.locator("details.thinking > summary").all():
        thoughts.click()
    watch.expect_calm()
    assert watch.page.title().endswith("Parley")


def test_each_alone_is_put_into_the_page_and_lies_still(watch: Watch) -> None:
    watch.page.goto("/")
    watch.page.locator("[data-composer]").wait_for()
    whole = [render(payload, prefix=f"p{number}") for number, payload in enumerate(payloads())]
    halves = [
        render(payload[: len(payload) // 2], prefix=f"h{number}") for number, payload in enumerate(payloads())
    ]
    watch.page.evaluate(PUT, "".join(whole + halves))
    assert watch.page.locator(".message__body").last.inner_text().count("pwned") > 200
    watch.expect_calm()


def test_reasons_of_a_provider_and_new_names_are_shown_as_words(watch: Watch, api: Any) -> None:
    chat = Chat(watch.page)
    for words in batches(300)[::6]:
        chat.begin(words, model="shout")
        chat.expect_status("error")
        chat.expect_words("pwned(")
    session = re.findall(r"[0-9a-f-]{36}", watch.page.url)[0]
    for name in batches(190):  # which may hold no control characters
        api("PATCH", f"sessions/{session}", {"name": re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", "", name)})
    shown = api("GET", f"sessions/{session}")["name"]
    expect(watch.page).to_have_title(re.compile(re.escape(shown.split()[0])))
    watch.page.locator("#header").get_by_label("Settings of this conversation").first.click(force=True)
    watch.expect_calm()


@pytest.fixture(scope="module")
def spoiled(api: Any, hostile_site: Parley) -> dict[str, str]:
    """A row of each kind that a person can make, all their words hostile; the ids that routes ask for."""
    session = api("POST", "sessions", {"name": "Furnished", "provider": "fake", "model": "muse"})["id"]
    file = {"name": batches(120)[3], "mimeType": "text/plain", "buffer": b"Notes"}
    attachment = api("POST", "attachments", multipart={"file": file})["id"]
    sent = api("POST", f"sessions/{session}/messages", {"content": "Hello", "attachment_ids": [attachment]})
    asked = sent["user_message"]["id"]
    api(
        "PATCH",
        f"sessions/{session}",
        {"tags": ["one", "two"], "settings": {"system_prompt": batches(2000)[0]}},
    )
    api("PUT", f"messages/{asked}", {"content": "Hello again"})
    note = api("POST", f"messages/{asked}/annotations", {"body": "A note"})["id"]
    hostile_site.manage("shell", "-v0", "-c", "from tests.browser.hostile_rows import main; main()")
    return {"session_id": session, "message_id": asked, "attachment_id": attachment, "annotation_id": note}


def pages(patterns: list[Any], prefix: str = "/") -> Iterator[str]:
    """Every route of the site, but the API's and the way out."""
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if here.startswith(("/api/", "/admin/", "/logout/")):
            continue
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here


def test_every_page_and_every_list_shows_words_as_words(watch: Watch, spoiled: dict[str, str]) -> None:
    shown = 0
    for route in dict.fromkeys(pages(get_resolver().url_patterns)):
        path = re.sub(r"<uuid:(\w+)>", lambda match: spoiled.get(match[1], spoiled["message_id"]), route)
        if "<" in path or not is_page(watch, path):
            continue
        watch.page.goto(path)
        assert watch.page.evaluate(FORGED) == [], path
        assert watch.hits == [], path
        shown += "pwned" in watch.page.content()
    assert shown >= 10
    for query in ("?q=pwned", "?q=%3Cscript%3Epwned(1)%3C/script%3E"):
        for path in ("/chat/", "/palette/", f"/chat/{spoiled['session_id']}/find/"):
            watch.page.goto(path + query)
            assert watch.page.evaluate(FORGED) == [], path
    watch.expect_calm()


def is_page(watch: Watch, path: str) -> bool:
    answer = watch.page.request.get(path, max_redirects=0)
    return answer.status == 200 and "text/html" in answer.headers.get("content-type", "")


@pytest.mark.usefixtures("spoiled")
def test_the_admin_shows_words_as_words(watch: Watch) -> None:
    shown = 0
    for model in admin.site._registry:
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        watch.page.goto(path)
        rows = watch.page.locator("#result_list th a")
        details = [str(link.get_attribute("href")) for link in rows.all()[:2]]
        shown += "pwned" in watch.page.content()
        watch.expect_calm()
        for detail in details:
            watch.page.goto(detail)
            assert watch.page.evaluate(FORGED) == [], detail
    watch.expect_calm()
    assert shown >= 4


# That the detectors detect.


@pytest.fixture
def free(browser: Browser, hostile_site: Parley, inside: BrowserContext, tmp_path: Path) -> Iterator[Watch]:
    """A window in which the policy is not in force."""
    inside.storage_state(path=tmp_path / "login.json")
    context = browser.new_context(
        base_url=hostile_site.url, storage_state=tmp_path / "login.json", bypass_csp=True
    )
    yield Watch(context.new_page(), hostile_site.url)
    context.close()


@pytest.mark.parametrize(
    ("bad", "sign"),
    [
        ("<img src=x onerror=pwned(7)>", "ran: (7,)"),
        (f"<img src=https://{HOST}/8>", f"request: https://{HOST}/8"),
        ("<img src=x onerror=alert(9)>", "dialog: 9"),
        (f"<div hx-get={NEAR}10 hx-trigger=load></div>", NEAR),
    ],
)
def test_without_policy_and_sanitizer_it_would_be_seen(free: Watch, bad: str, sign: str) -> None:
    free.page.goto("/")
    free.page.evaluate(
        "html => { document.body.insertAdjacentHTML('beforeend', html); htmx.process(document.body) }", bad
    )
    free.expect_hit(sign)


def test_what_passed_the_sanitizer_alone_would_be_held_and_told_by_the_policy(watch: Watch) -> None:
    watch.page.goto("/")
    bad = "<img src=x onerror=pwned(7)><p style='color:red'>x</p>"
    bad += f"<img src=https://{HOST}/8><base href=//{HOST}>"
    with watch.page.expect_response("**/x"):
        watch.page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", bad)
    for directive in ("script-src-attr", "style-src-attr", "img-src", "base-uri"):
        watch.expect_hit(f"policy: {directive}")
    assert "ran: (7,)" not in " ".join(watch.hits)
    assert watch.page.evaluate(FORGED) != []
