"""The pages of tools: setting servers up, trying them, allowing, calling by hand, and which are on where.

Proves F8 and C12.
"""

from __future__ import annotations

import json
import re
import sys
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chat.generation.configured import from_row
from chat.models import Role, Session, Template, ToolPolicy, ToolServer, User
from chat.services.providers import save_own_key, save_provider
from tests.chat.tools.given import LISTED, PROGRAM, make_admin, make_program, make_server
from tests.factories import add_member, make_project, make_session

HTMX = {"HX-Request": "true"}
PANE = {**HTMX, "HX-Target": "pane"}
SECRET = "s3cret-t0ken"
INSIDE = "Its address is not a public one. Only administrators may use it."


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def admin(transactional_db: None) -> User:
    return make_admin()


def form(**values: str) -> dict[str, str]:
    return {"name": "Web", "transport": "http", "asking": "changes", "is_on": "on", **values}


def test_a_person_sets_one_up_and_is_told_where_it_fails(alice: User) -> None:
    page = browser(alice)
    typed = form(url="http://127.0.0.1:9/mcp", headers=f"Authorization: Bearer {SECRET}")
    made = page.post("/settings/tools/new/", typed, follow=True)
    server = ToolServer.objects.get()
    assert (server.owner, server.is_on, server.is_default) == (alice, True, False)
    assert server.secrets == {"Authorization": f"Bearer {SECRET}"}
    assert INSIDE in text(made)
    assert INSIDE in text(page.get("/settings/tools/"))


def test_no_page_shows_a_secret_and_saving_again_keeps_it(alice: User) -> None:
    page = browser(alice)
    typed = form(url="http://127.0.0.1:9/mcp", headers=f"Authorization: {SECRET}")
    page.post("/settings/tools/new/", typed)
    server = ToolServer.objects.get()
    here = f"/settings/tools/{server.pk}/"
    edit = page.get(f"{here}edit/")
    for answer in (edit, page.get(here), page.get("/settings/tools/")):
        assert SECRET not in text(answer)
    assert "Authorization: ••••••••" in text(edit)
    page.post(f"{here}edit/", {**typed, "name": "Other", "headers": "Authorization: ••••••••"})
    server.refresh_from_db()
    assert (server.name, server.secrets) == ("Other", {"Authorization": SECRET})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"url": "nonsense"}, "An address begins with"),
        ({"url": "https://a.example", "headers": "no colon here"}, "One a line, as Name: value."),
        ({"url": "https://a.example", "asking": "perhaps"}, "There is no such choice."),
        ({"transport": "stdio", "command": "sh"}, "Only administrators have programs run"),
    ],
)
def test_what_will_not_do_is_told_and_nothing_typed_is_lost(
    alice: User, values: dict[str, str], words: str
) -> None:
    answer = browser(alice).post("/settings/tools/new/", form(**values), headers=PANE)
    assert words in text(answer)
    assert values.get("url", "Web") in text(answer)
    assert not ToolServer.objects.exists()


def test_who_is_no_administrator_sets_up_nothing_for_others(alice: User, dana: User) -> None:
    for person in (alice, dana):
        page = browser(person)
        assert page.get("/settings/tools/new/?for=all").status_code == 403
        assert page.post("/settings/tools/new/", form(**{"for": "all"})).status_code == 403
        imported = page.post("/settings/tools/import/", {"for": "all", "text": '{"a": {"url": "https://a"}}'})
        assert "Only administrators" in text(imported)
    assert not ToolServer.objects.exists()


def test_a_site_s_server_is_not_its_users_to_look_at_or_change(alice: User, admin: User) -> None:
    server = make_server(None)
    assert browser(alice).get(f"/settings/tools/{server.pk}/").status_code == 404
    assert browser(admin).get(f"/settings/tools/{server.pk}/").status_code == 200


def test_an_administrator_does_not_look_at_people_s_own(alice: User, admin: User) -> None:
    server = make_server(alice, "Alice’s secret place")
    assert browser(admin).get(f"/settings/tools/{server.pk}/").status_code == 404
    assert "secret place" not in text(browser(admin).get("/settings/tools/"))


def test_a_program_is_set_up_and_tried(admin: User) -> None:
    typed = form(transport="stdio", command=sys.executable, args=f"{PROGRAM}\nwell", env=f"TOKEN={SECRET}")
    answer = browser(admin).post("/settings/tools/new/", {**typed, "for": "all"}, follow=True)
    assert "Tester 1.2" in text(answer)
    assert "Add two numbers" in text(answer)
    assert SECRET not in text(answer)


def test_a_program_that_dies_shows_what_it_said(admin: User) -> None:
    server = make_program(admin, "dies")
    answer = browser(admin).post(f"/settings/tools/{server.pk}/try/", headers=PANE)
    assert "Its program ended" in text(answer)
    assert "cannot find its configuration" in text(answer)


def test_trying_runs_no_program_where_they_are_switched_off(admin: User, settings: Settings) -> None:
    server = make_program(admin)
    settings.PARLEY_MCP_STDIO = False
    answer = browser(admin).post(f"/settings/tools/{server.pk}/try/", headers=PANE)
    assert "switched off here" in text(answer)
    server.refresh_from_db()
    assert (server.tools, server.listed_at) == ([], None)


def test_a_readme_is_pasted(alice: User) -> None:
    page = browser(alice)
    readme = {"mcpServers": {name: {"url": "http://127.0.0.1:9/"} for name in ("one", "two")}}
    assert "2 servers are set up." in text(
        page.post("/settings/tools/import/", {"text": json.dumps(readme)}, follow=True)
    )
    again = page.post("/settings/tools/import/", {"text": json.dumps(readme)}, headers=PANE)
    assert "one: There is one of this name already." in text(again)
    assert "mcpServers" in text(page.post("/settings/tools/import/", {"text": '{"mcpServers": {}}'}))


def test_what_is_allowed_is_kept_and_told_when_the_tool_has_changed(alice: User) -> None:
    page, server = browser(alice), make_server(alice)
    here = f"/settings/tools/{server.pk}/"
    page.post(f"{here}policies/", {"tool-1": "delete", "policy-1": "allow"})
    assert ToolPolicy.objects.get().policy == "allow"
    assert "says something else of itself since" not in text(page.get(here))
    ToolServer.objects.update(tools=[LISTED[0], {**LISTED[1], "description": "Now for something else"}])
    assert "says something else of itself since" in text(page.get(here))


def test_hostile_words_of_a_server_are_only_words(alice: User) -> None:
    words = "<script>alert(1)</script>{{ 7 }}"
    schema = {"properties": {"<img src=x>": {"type": ["<b>", 7], "description": words}}, "required": 3}
    tool = {"name": '"><b>x', "title": words, "description": words, "schema": schema, "only_reads": False}
    odd = [{"properties": [1]}, {"properties": {"a": 7}}, {}]
    more = [{**tool, "name": f"t{number}", "schema": one} for number, one in enumerate(odd)]
    server = make_server(alice, tools=[tool, *more], says_it_is=words, problem=words, last_words=words)
    for path in ("", "run/?tool=t1"):
        answer = browser(alice).get(f"/settings/tools/{server.pk}/{path}")
        assert answer.status_code == 200
        shown = answer.content.decode()
        assert "alert(1)" in shown
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "<b>" not in shown


def test_a_tool_is_called_by_hand_and_what_may_change_things_asks_first(admin: User) -> None:
    server, page = make_program(admin), browser(admin)
    page.post(f"/settings/tools/{server.pk}/try/")
    here = f"/settings/tools/{server.pk}/run/"
    assert "Arguments as JSON" in text(page.get(f"{here}?tool=add"))
    assert ">5<" in text(page.post(here, {"tool": "add", "arguments": '{"a": 2, "b": 3}'}))
    assert "Tick the box" in text(page.post(here, {"tool": "odd", "arguments": "{}"}))
    odd = page.post(here, {"tool": "odd", "arguments": "{}", "sure": "on"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;[31mred" in odd.content.decode()
    assert "no valid JSON" in text(page.post(here, {"tool": "add", "arguments": "{"}))
    assert page.post(here, {"tool": "no such tool"}).status_code == 302


def test_trying_has_an_end(alice: User, settings: Settings) -> None:
    settings.PARLEY_RATE_LIMIT = "60/min"
    page, server = browser(alice), make_server(alice, url="http://127.0.0.1:9/mcp")
    answers = [page.post(f"/settings/tools/{server.pk}/try/", headers=PANE) for _ in range(21)]
    assert ["Tried too often" in text(answer) for answer in answers] == [False] * 20 + [True]


def test_removing_takes_it_away(alice: User) -> None:
    server = make_server(alice)
    answer = browser(alice).post(f"/settings/tools/{server.pk}/remove/", headers=HTMX)
    assert answer["HX-Redirect"] == "/settings/tools/"
    assert not ToolServer.objects.exists()


def test_the_list_asks_as_often_for_many_as_for_few(alice: User) -> None:
    page = browser(alice)
    make_server(alice, "One")
    with CaptureQueriesContext(connection) as few:
        page.get("/settings/tools/")
    for number in range(9):
        make_server(alice, f"Server {number}")
    with CaptureQueriesContext(connection) as many:
        page.get("/settings/tools/")
    assert len(many) == len(few)


# In a conversation


@pytest.fixture
def session(alice: User) -> Session:
    return make_session(alice, ["Hello", "Hi"])


def test_servers_are_switched_on_and_off_in_a_conversation(alice: User, session: Session) -> None:
    page = browser(alice)
    site, mine = make_server(None), make_server(alice, "Mine", is_default=False)
    here = f"/chat/{session.pk}/tools/"
    assert text(page.get(here, headers=HTMX)).count(" checked") == 2  # the site's, and what is built in
    assert page.post(here, {"on": [str(mine.pk), "nonsense"]}).status_code == 302
    session.refresh_from_db()
    assert session.tools == {"parley": False, str(site.pk): False, str(mine.pk): True}
    assert f'href="{here}"' in text(page.get(f"/chat/{session.pk}/"))


def test_another_s_servers_stay_as_they_were_switched(alice: User, bob: User) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.EDITOR)
    shared = make_session(alice, project=project)
    mine = make_server(alice, "Alice’s place")
    browser(alice).post(f"/chat/{shared.pk}/tools/", {"on": str(mine.pk)})
    assert "Alice’s place" not in text(browser(bob).get(f"/chat/{shared.pk}/tools/"))
    browser(bob).post(f"/chat/{shared.pk}/tools/", {})
    shared.refresh_from_db()
    assert shared.tools == {"parley": False, str(mine.pk): True}


def test_a_model_that_cannot_call_tools_is_named(alice: User, session: Session) -> None:
    page = browser(alice)
    here = f"/chat/{session.pk}/tools/"
    assert "cannot call tools" in text(page.get(here))


def test_whoever_can_correct_what_is_known_of_it_is_led_there(alice: User, bob: User) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.EDITOR)
    save_provider(name="box", kind="scripted", models=["plain"])
    save_provider(name="mine", kind="scripted", models=["plain"], owner=alice)
    save_provider(name="here", kind="local", models=["small"])
    site = make_session(alice, project=project, provider="box", model="plain")
    own = make_session(alice, provider="mine", model="plain")
    box = save_provider(name="keyed", kind="openai", base_url="https://8.8.8.8/v1", models=["plain"])
    for person in (alice, bob):
        save_own_key(owner=person, site=from_row(box), api_key="sk-own")
    keyed = make_session(alice, project=project, provider="keyed", model="plain")
    local = make_session(alice, project=project, provider="here", model="small")
    unlisted = make_session(alice, provider="mine", model="gone")
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    where = {
        (alice, own): "/settings/providers/own/p/mine/models/correct/?model=plain",
        (bob, site): "/settings/providers/site/p/box/models/correct/?model=plain",
        (bob, keyed): "/settings/providers/site/p/keyed/models/correct/?model=plain",
        (alice, keyed): "",
        (alice, site): "",
        (bob, local): "",
        (alice, unlisted): "",
    }
    for (user, session), link in where.items():
        said = text(browser(user).get(f"/chat/{session.pk}/tools/"))
        assert "cannot call tools" in said
        assert re.findall(r'href="([^"]*/correct/[^"]*)"', said) == ([link] if link else [])
        assert not link or browser(user).get(link).status_code == 200


def test_the_page_of_a_refused_form_can_be_loaded_again(alice: User) -> None:
    page, server = browser(alice), make_server(alice)
    assert "This is no JSON" in text(page.post("/settings/tools/import/", {"text": "{"}))
    assert page.get("/settings/tools/import/").headers["Location"] == "/settings/tools/"
    for action in ("try", "policies"):
        answer = page.get(f"/settings/tools/{server.pk}/{action}/")
        assert answer.headers["Location"] == f"/settings/tools/{server.pk}/"
    for section in ("appearance", "theme", "region", "keyboard", "keys", "account", "tokens"):
        assert page.get(f"/settings/{section}/").headers["Location"] == "/settings/"


def test_tools_are_chosen_before_a_conversation_begins(alice: User) -> None:
    page, server = browser(alice), make_server(alice, is_default=False)
    make_server(alice, "Other")
    shown = text(page.get("/"))
    assert f'name="tools" value="{server.pk}"' in shown
    said = {"content": "Hello", "tools_asked": "1", "tools": [str(server.pk), "nothing"]}
    page.post("/send/", said)
    other = ToolServer.objects.get(name="Other")
    assert Session.objects.get().tools == {"parley": False, str(server.pk): True, str(other.pk): False}
    page.post("/send/", {"content": "Hello once more"})
    assert Session.objects.latest("created_at").tools == {}


def test_a_template_has_a_choice_and_sets_a_conversation_so(alice: User) -> None:
    page, server = browser(alice), make_server(alice)
    typed = {"name": "Quiet", "tools_asked": "1", "tools": ["parley"], "role": ["user"], "content": [""]}
    page.post("/templates/new/", typed)
    template = Template.objects.get()
    assert template.tools == {str(server.pk): False}
    form = text(page.get(f"/templates/{template.pk}/edit/"))
    assert re.search(f'value="{server.pk}">', form)
    assert re.search('value="parley" checked>', form)
    session = make_session(alice, tools={"parley": False})
    page.post(f"/templates/{template.pk}/use/?session={session.pk}", {"session": str(session.pk)})
    session.refresh_from_db()
    assert session.tools == {"parley": False, str(server.pk): False}
