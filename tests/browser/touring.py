"""Walks through all that can be on the screen: each tour stops at one state after another, and names it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from playwright.sync_api import FilePayload, expect

from tests.browser.driving import Chat, ask_several
from tests.chat.extracting import making
from tests.services import Parley

Tour = Callable[[Chat], Iterator[str]]


def furnish(site: Parley) -> str:
    """The path of a conversation with all that a message can have."""
    code = "from tests.browser.furnished import main; print('id', main().pk)"
    made = site.manage("shell", "-v0", "-c", code)
    return f"/chat/{made.split('id ')[1].strip()}/"


def press(chat: Chat, selector: str) -> None:
    """By script, since on a phone what is meant may be behind something."""
    chat.page.locator(selector).first.evaluate("control => control.click()")


def close(chat: Chat, selector: str) -> None:
    chat.page.keyboard.press("Escape")
    expect(chat.page.locator(selector)).to_be_hidden()


def opened(chat: Chat, control: str, place: str, name: str, *, closed: str = "") -> Iterator[str]:
    """What a control opens, to be looked at; then Escape, which is to hide `closed`."""
    press(chat, control)
    expect(chat.page.locator(place)).to_be_visible()
    yield name
    if closed:
        close(chat, closed)


def overtaken(chat: Chat, form: str, field: str, name: str) -> Iterator[str]:
    """Saves what somebody else is taken to have changed meanwhile; looks at what is said of that."""
    page = chat.page
    page.locator(f"{form} [name=version]").first.evaluate("field => { field.value = 'another' }")
    page.locator(f"{form} [name={field}]").fill("Other words")
    press(chat, f"{form} button:not([type=button]) >> text=Save")
    expect(page.locator(f"{form} .changed ins").first).to_be_visible()
    yield name


def at(*paths: str) -> Tour:
    def tour(chat: Chat) -> Iterator[str]:
        for path in paths:
            chat.page.goto(path)
            yield path

    return tour


def api_docs(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/api/docs")
    yield "the API's page"
    for name in ("send_message", "get_attachment", "shape-SessionChanges"):
        page.locator(f"#{name} > summary").click()
        expect(page.locator(f"#{name} > div")).to_be_visible()
    yield "the API's page, opened"


def start(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [aria-selected=true]")).to_be_visible()
    yield "palette"
    page.keyboard.type("there is no such thing")
    expect(page.locator("#palette-none")).not_to_be_empty()
    yield "palette, nothing found"
    close(chat, "#palette")
    page.keyboard.press("Control+/")
    expect(page.locator("#shortcuts")).to_be_visible()
    yield "sheet of keys"
    close(chat, "#shortcuts")
    page.locator("#model-button").click()
    expect(page.locator("#model-picker")).to_be_visible()
    yield "model picker"
    close(chat, "#model-picker")
    yield from opened(chat, ".composer__tools", "#tool-picker", "tools to begin with", closed="#tool-picker")
    chat.text.fill("/")
    expect(page.locator("#slash")).to_be_visible()
    yield "commands"
    chat.text.fill("")
    kinds = {"a.pdf": ("application/pdf", making.pdf("Words")), "a.png": ("image/png", making.picture())}
    files = [FilePayload(name=name, mimeType=kind, buffer=data) for name, (kind, data) in kinds.items()]
    page.set_input_files("[data-attach]", files)
    expect(page.locator("#chips .chip__look")).to_be_visible()
    expect(page.locator("#chips .chip__trouble")).to_be_visible()
    yield "files to be sent"
    yield from opened(chat, "#chips .chip__look", "#dialog .extract", "what was read", closed="#dialog")
    press(chat, "#chips .chip__remove")
    with page.expect_response(re.compile("/draft")):  # or the next visit finds what was left here
        press(chat, "#chips .chip__remove")


def sidebar(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/")
    if page.locator(".account").is_hidden():
        page.locator("#pane [popovertarget=sidebar]").click()
        yield "drawer"
    page.locator(".account").click()
    expect(page.locator("#account-menu")).to_be_visible()
    yield "account menu"
    page.locator(".account").click()
    page.locator("#sessions .item__more").first.evaluate("control => control.click()")
    expect(page.locator("#item-menu")).to_be_visible()
    yield "menu of a conversation"
    yield from opened(chat, "#item-menu [data-select-item]", "#bulk", "selection")
    yield from opened(chat, "#bulk [hx-get]", "#dialog-title", "tags for a selection", closed="#dialog")
    yield from opened(
        chat, "#bulk [hx-get*=project]", "#dialog .option", "moving a selection", closed="#dialog"
    )
    yield from opened(
        chat, "#bulk [hx-get*=export]", "#dialog .formats", "exporting a selection", closed="#dialog"
    )


def conversation(chat: Chat) -> Iterator[str]:
    page = chat.page
    chat.begin("Show me everything", model="md150-r500")
    chat.expect_ended()
    yield "conversation"
    yield from opened(
        chat,
        "#pane [commandfor=session-settings]",
        "#session-settings",
        "its settings",
        closed="#session-settings",
    )
    yield from opened(chat, "#pane [popovertarget=session-menu]", "#session-menu", "its menu")
    yield from opened(chat, "#session-menu [data-action=tags]", "#dialog-title", "its tags", closed="#dialog")
    yield from opened(chat, "#session-menu [hx-confirm]", "#confirm", "confirmation", closed="#confirm")
    press(chat, "#session-menu [data-action=find]")
    page.locator("#find-words").fill("the")
    expect(page.locator("#find-count")).not_to_be_empty()
    yield "find bar"


def running(chat: Chat) -> Iterator[str]:
    chat.begin("Slowly", model="hang5")
    chat.expect_status("streaming")
    yield "streaming"
    chat.say("And this next")
    expect(chat.messages).to_have_count(4)
    yield "queued"
    for place in (1, 3):  # none may end in the midst of the next state, and move up in its list
        chat.page.get_by_label("Stop the reply").click()
        expect(chat.messages.nth(place)).to_have_attribute("data-status", "stopped")
    chat.begin("Fail", model="e500")
    chat.expect_status("error")
    yield "failed"


def beside(chat: Chat) -> Iterator[str]:
    chat.page.goto("/")
    ask_several(chat, "n20-r100", "md150-r500", "e500")
    yield "several chosen"
    press(chat, "#model-button")
    expect(chat.page.locator("#model-picker")).to_be_visible()
    yield "several in the picker"
    close(chat, "#model-picker")
    chat.say("Which of you?")
    expect(chat.page.locator(".lineup:not([data-running]) .column")).to_have_count(3)
    yield "side by side"
    yield from opened(chat, ".lineup__merge", "#dialog-title", "merge", closed="#dialog")
    press(chat, ".column__keep")
    expect(chat.messages.last.locator(".siblings")).to_be_visible()
    yield "one of them kept"


def temporary(chat: Chat) -> Iterator[str]:
    chat.page.goto("/")
    chat.page.get_by_role("switch", name="Temporary").check()
    yield "temporary, to be begun"
    chat.page.select_option("#composer-model", "fake::n20-r100")
    chat.say("A passing thought")
    chat.page.wait_for_url("**/chat/*/")
    chat.expect_ended()
    yield "temporary"


def tabs(chat: Chat) -> Iterator[str]:
    page = chat.page
    chat.begin("One of two", model="n20-r100")
    chat.expect_ended()
    here = page.url
    press(chat, "#sessions .item:not(:has([aria-current])) .item__more >> nth=0")
    page.locator("#item-menu").get_by_text("Open in a new tab").evaluate("control => control.click()")
    expect(page).not_to_have_url(here)
    count = page.locator("#header [data-tabs-count]")
    expect(page.locator("#tabs .tab")).to_have_count(2)
    if count.is_visible():
        count.click()
    expect(page.locator("#tabs")).to_be_visible()
    yield "tabs"


def templates(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/templates/new/")
    yield "template, new"
    page.fill("#template-name", "A tale")
    page.locator("[name=system_prompt]").fill("You answer in {{language}}.")
    expect(page.locator(".variable")).to_have_count(1)
    page.locator("[name=content]").first.fill("Tell {{whom}} of the sea.")
    expect(page.locator(".variable")).to_have_count(2)
    yield "template, filled in"
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".tile").first).to_be_visible()
    yield "templates"
    yield from opened(chat, ".tile__name a", "#dialog [name=v_whom]", "template, begun", closed="#dialog")
    yield from opened(chat, ".tile [href$='/people/']", "#member-name", "people with a template")
    page.fill("#member-name", "nobody")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#member-error .refusal")).to_be_visible()
    yield "people with a template, refused"
    close(chat, "#dialog")
    yield from opened(chat, ".tile [href$='/edit/']", "#template-form", "template, edited")
    yield from overtaken(chat, "#template-form", "description", "template, changed meanwhile")
    page.get_by_role("button", name="Save", exact=True).click()
    press(chat, ".tile [href$='/versions/']")
    expect(page.locator(".revision").first).to_be_visible()
    yield "versions of a template"
    yield from opened(chat, ".revision .button", "#dialog .changes", "going back to a version")
    page.locator("#dialog").get_by_role("button", name="Go back").click()
    page.locator("#toasts .toast").get_by_text("Undo").click()
    expect(page.locator(".revision__by").first).to_contain_text("says what version")
    page.goto("/")
    expect(page.locator("#pane").get_by_role("link", name="A tale").first).to_be_visible()
    yield "start, with templates"


def projects(chat: Chat) -> Iterator[str]:
    """On the way: a conversation begun in a project is in it, moved out it is not."""
    page = chat.page
    page.goto("/projects/")
    yield "no projects"
    page.goto("/projects/new/")
    page.fill("#project-name", "The harbour")
    page.fill("#project-instructions", "Be brief.")
    yield "project, new"
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#project-list .cards__empty")).to_be_visible()
    expect(page.locator("#project-q")).to_be_hidden()
    yield "project, empty"
    page.locator("#project-people").focus()
    yield from opened(chat, "#project-people", "#member-name", "people of a project")
    page.fill("#member-name", "nobody")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#member-error .refusal")).to_be_visible()
    yield "people of a project, refused"
    page.evaluate("document.getElementById('project-people').outerHTML += ''")  # as when somebody comes in
    close(chat, "#dialog")
    expect(page.locator("#project-people")).to_be_focused()
    page.fill("#composer-text", "How many cranes are there?")
    page.keyboard.press("Enter")
    expect(page.locator("#header .tag")).to_have_text("The harbour")
    chat.expect_ended()
    press(chat, "#header .tag")
    expect(page.locator("#project-list .line")).to_have_count(1)
    expect(page.locator("#project-q")).to_be_visible()
    yield "project, with a conversation"
    press(chat, "#project-list .line__name")
    expect(chat.messages).to_have_count(2)
    yield from opened(chat, "#session-menu [data-action=project]", "#dialog .option >> nth=0", "moving")
    page.locator("#dialog .option").first.click()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#header .tag")).to_have_count(0)
    page.goto("/projects/")
    yield "projects"


def trash(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/trash/")
    yield "trash, empty"
    page.goto("/")
    chat.begin("Throw this away")
    chat.expect_ended()
    press(chat, "#session-menu [data-action=delete]")
    page.locator("#confirm-yes").click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    page.goto("/trash/")
    expect(page.locator(".line")).to_have_count(1)
    yield "trash"
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator("#toasts .toast")).to_have_text("Brought back.")
    expect(page.locator(".line")).to_have_count(0)


def search(chat: Chat) -> Iterator[str]:
    page = chat.page
    chat.begin("Where is the lighthouse?", model="echo")
    chat.expect_ended()
    page.goto("/search/")
    yield "search"
    page.fill("#search-text", "role:")
    expect(page.get_by_role("option").first).to_be_visible()
    yield "search, filters offered"
    page.goto("/search/?q=lighthouse+in:message")
    expect(page.locator(".hit").first).to_be_visible()
    yield "search, hits"
    page.goto("/search/?q=lighthouse+role:king")
    yield "search, wrong"
    page.goto("/search/?q=no-such-thing-at-all")
    yield "search, nothing"


def usage(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/usage/")
    yield "usage"
    press(chat, ".chart__table summary")
    press(chat, ".usage__range summary")
    yield "usage, opened"
    page.goto("/usage/?from=2001-01-01&to=2001-01-02")
    yield "usage, none"


def imports(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/imports/")
    yield "imports, none"
    press(chat, ".how-to summary")
    yield "imports, how to get a file"
    broken = {"mapping": {"a": {"id": "a", "parent": "a", "children": ["a"]}}, "title": "Round"}
    talk = {
        "uuid": "one",
        "name": "A talk",
        "chat_messages": [{"uuid": "1", "sender": "human", "text": "Hi"}],
    }
    for name, content in (("diary.txt", "Dear diary"), ("claude.json", json.dumps([talk, broken]))):
        payload: FilePayload = {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
        cards = page.locator(".job")
        before = cards.count()  # another tour was here
        page.set_input_files("#import-file", files=[payload])
        expect(cards).to_have_count(before + 1)
        button = cards.first.get_by_role("button")
        expect(button).to_have_accessible_name(f"Take {name} off the list", timeout=30_000)
    yield "imports, one refused and one done"
    press(chat, ".job a")
    expect(page.locator(".report").first).to_be_visible()
    yield "report of an import"


def tools(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/settings/tools/")
    press(chat, ".tools-import summary")
    yield "tools, none, and the JSON of a README"
    page.goto("/settings/tools/new/?for=all")
    yield "tools, a new server"
    page.locator("[name=name]").fill("Nobody")
    page.locator("[name=transport]").select_option("stdio")
    yield "tools, a program"
    press(chat, ".tool-form .button--main")
    expect(page.locator(".refusal")).to_be_visible()
    yield "tools, a program that is none"
    page.locator("[name=command]").fill("/no/such/program")
    press(chat, ".tool-form .button--main")
    expect(page.locator(".tool-state--failed")).to_be_visible()
    press(chat, ".tool-log summary")
    yield "tools, a server that failed"
    page.goto("/settings/tools/")
    yield "tools, servers"
    press(chat, ".tool-card a")
    press(chat, "[action$='remove/'] button")
    expect(page.locator("#confirm")).to_be_visible()
    yield "tools, removing asks first"
    press(chat, "#confirm-yes")
    page.wait_for_url("**/settings/tools/")
    expect(page.locator(".tool-card")).to_have_count(0)


def exports(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/exports/")
    yield "exports"
    chat.begin("Where is the lighthouse?", model="echo")
    chat.expect_ended()
    here = page.url
    chat.say("/export json")
    expect(page.locator("#export-preview .preview__text")).to_be_visible()
    press(chat, "#export-form .button--main")
    expect(page.locator("#export-outcome .job--complete")).to_be_visible(timeout=30_000)
    yield "export, done in the dialog"
    page.goto(f"{here}export/")
    yield "page of an export"
    page.goto("/exports/")
    press(chat, ".export__share button")
    expect(page.locator(".export__address").first).to_be_visible()
    yield "exports, one with a link"
    page.goto(page.locator(".export__address pre").first.inner_text())
    yield "what the link opens"


def messages(path: str) -> Tour:
    """Of a furnished conversation: what can be opened at a message."""

    def tour(chat: Chat) -> Iterator[str]:
        page = chat.page
        page.goto(path)
        expect(chat.messages).to_have_count(4)
        yield "furnished conversation"
        reply = "#messages > .message >> nth=1"
        for action in ("", "sent", "history", "models", "annotate", "report"):
            press(chat, f"{reply} >> [data-message-menu]")
            expect(page.locator("#message-menu")).to_be_visible()
            if not action:
                yield "menu of a message"
                close(chat, "#message-menu")
                continue
            yield from opened(
                chat,
                f"#message-menu [data-action={action}]",
                "#dialog-title",
                f"panel {action}",
                closed="#dialog",
            )
        yield from opened(
            chat, f"{reply} >> .siblings__place", "#dialog-title", "panel alternatives", closed="#dialog"
        )
        press(chat, f"{reply} >> [data-action=react]")
        expect(page.locator("#emoji-picker .emoji").first).to_be_visible()
        yield "emojis"
        close(chat, "#emoji-picker")
        yield from opened(chat, ".digest > summary", ".digest__body", "summary in the conversation")
        yield from opened(
            chat, ".digest [href$='/edit/']", "#dialog textarea", "summary, edited", closed="#dialog"
        )
        yield from opened(chat, "#gauge", "#dialog .window-bar", "panel context", closed="#dialog")
        for action in ("map", "compare", "merge", "export", "summary"):
            control = f"#session-menu [data-action={action}]"
            yield from opened(chat, control, "#dialog-title", f"panel {action}", closed="#dialog")
        yield from opened(chat, "[data-lightbox]", "#lightbox img", "lightbox", closed="#lightbox")
        yield from opened(
            chat, "#messages > .message >> nth=0 >> [data-action=edit]", "#messages textarea", "editor"
        )
        yield from overtaken(chat, ".editor", "content", "editor, changed meanwhile")
        for name in ("map", "compare", "merge", "summary", "context"):
            page.goto(f"{path}{name}/")
            yield f"page {name}"
        for name in ("rename", "tags"):
            page.goto(f"{path}{name}/?suggested=1")
            yield f"page {name}, suggested"

    return tour


def providers(chat: Chat) -> Iterator[str]:
    page = chat.page
    page.goto("/settings/providers/own/new/?kind=openai")
    page.locator("details summary").click()
    yield "form of a provider"
    page.locator("[name=name]").fill("mine")
    page.locator("[name=base_url]").fill("http://127.0.0.1:9/v1")
    page.locator("[name=models]").fill("one")
    press(chat, "#provider-form button >> text=Test")
    expect(page.locator("#trial .trial")).to_be_visible()
    yield "form of a provider, tried"
    page.locator("[name=base_url]").fill("https://8.8.8.8/v1")
    press(chat, "#provider-form button >> text=Save")
    expect(page.locator("#provider-own-mine")).to_be_visible()
    page.locator(".provider__key summary").first.click()
    yield "providers"
    for path in ("models", "models/correct/?model=one", "remove"):
        page.goto(f"/settings/providers/own/p/mine/{path}")
        yield f"provider, {path}"
    page.goto("/settings/providers/own/new/")
    yield "kinds of providers"
    page.goto("/settings/providers/own/p/mine/remove/")
    press(chat, ".button--danger")
    expect(page.locator("#provider-own-mine")).to_be_hidden()


TOURS: dict[str, Tour] = {
    "pages": at("/", "/chat/", "/settings/", "/password/", "/nothing/there/"),
    "API": api_docs,
    "start": start,
    "sidebar": sidebar,
    "conversation": conversation,
    "running": running,
    "beside": beside,
    "temporary": temporary,
    "tabs": tabs,
    "templates": templates,
    "projects": projects,
    "providers": providers,
    "trash": trash,
    "imports": imports,
    "usage": usage,
    "exports": exports,
    "tools": tools,
    "search": search,
}
