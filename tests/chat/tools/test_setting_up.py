"""Servers of tools are set up by whom they should be, from the JSON of a README too, and tell no secret.

Proves F8 and C12.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from chat.errors import BadValue, NotAllowed, Refused
from chat.models import AuditEntry, ToolPolicy, ToolServer, User
from chat.services.tool_imports import described, import_tool_servers
from chat.services.tools import remove_tool_server, save_tool_server, set_tool_policies
from chat.toolbox.servers import config_of
from tests.chat.tools.given import make_admin, make_server

HTTP = {"name": "Web", "transport": "http", "url": "https://tools.example.org/mcp"}
PROGRAM = {"name": "Files", "transport": "stdio", "command": "npx", "args": ["-y", "files"]}
SECRET = "s3cret-t0ken"


@pytest.fixture
def admin(transactional_db: None) -> User:
    return make_admin()


def test_a_person_sets_up_a_server_over_http_for_themself(alice: User) -> None:
    server = save_tool_server(actor=alice, values=HTTP, secrets={"Authorization": f"Bearer {SECRET}"})
    assert (server.owner, config_of(server).is_guarded) == (alice, True)
    assert config_of(server).headers == {"Authorization": f"Bearer {SECRET}"}


@pytest.mark.parametrize(("values", "is_site"), [(PROGRAM, False), (PROGRAM, True), (HTTP, True)])
def test_programs_and_servers_for_others_are_for_administrators(
    alice: User, dana: User, values: dict[str, Any], is_site: bool
) -> None:
    for person in (alice, dana):  # who moderates is no administrator
        with pytest.raises(NotAllowed):
            save_tool_server(actor=person, values=values, is_site=is_site)
    assert not ToolServer.objects.exists()


def test_what_is_switched_off_is_refused(alice: User, admin: User, settings: Settings) -> None:
    settings.PARLEY_OWN_TOOLS = settings.PARLEY_MCP_STDIO = False
    with pytest.raises(NotAllowed, match="switched off"):
        save_tool_server(actor=alice, values=HTTP)
    with pytest.raises(NotAllowed, match="PARLEY_MCP_STDIO"):
        save_tool_server(actor=admin, values=PROGRAM, is_site=True)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        *(
            ({"url": url}, "url")
            for url in ("", "ftp://a", "file:///etc/passwd", "https://", "https://u:p@a")
        ),
        *(
            ({"url": url}, "url")
            for url in ("https://a b", "http://a:b", "javascript:alert(1)", "https://a\nb")
        ),
    ],
)
def test_what_will_not_do_is_told_at_its_field(alice: User, values: dict[str, str], field: str) -> None:
    with pytest.raises(BadValue) as refused:
        save_tool_server(actor=alice, values={**HTTP, **values})
    assert refused.value.field == field


@pytest.mark.parametrize("name", ["A b", "A:", "Ä", "", "A\nB"])
def test_a_header_that_is_none_is_refused(alice: User, name: str) -> None:
    with pytest.raises(BadValue):
        save_tool_server(actor=alice, values=HTTP, secrets={name: "x"})


def test_two_of_a_person_have_two_names(alice: User, bob: User) -> None:
    save_tool_server(actor=alice, values=HTTP)
    save_tool_server(actor=bob, values=HTTP)
    with pytest.raises(BadValue, match="already"):
        save_tool_server(actor=alice, values=HTTP)


def test_secrets_stay_where_they_go_to_the_same_place_and_nowhere_else(alice: User) -> None:
    server = save_tool_server(actor=alice, values=HTTP, secrets={"Authorization": SECRET, "X-Old": "1"})
    save_tool_server(actor=alice, server=server, values={"name": "Other"})
    assert server.secrets == {"Authorization": SECRET, "X-Old": "1"}
    save_tool_server(
        actor=alice,
        server=server,
        values={"url": "https://tools.example.org/v2"},
        secrets={"Authorization": None, "X-New": "2"},
    )
    assert server.secrets == {"Authorization": SECRET, "X-New": "2"}
    moved = {"url": "https://evil.example.org/"}
    save_tool_server(actor=alice, server=server, values=moved, secrets={"Authorization": None})
    assert server.secrets == {}


def test_what_another_server_said_is_not_kept(alice: User) -> None:
    server = make_server(alice, last_words="I am the old one", problem="It failed.")
    save_tool_server(actor=alice, server=server, values={"url": "https://other.example.org/"})
    server.refresh_from_db()
    assert (server.tools, server.listed_at, server.problem, server.last_words) == ([], None, "", "")


def test_no_secret_is_in_the_database_the_log_of_changes_or_a_repr(alice: User) -> None:
    server = save_tool_server(actor=alice, values=HTTP, secrets={"Authorization": f"Bearer {SECRET}"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT headers, env FROM chat_toolserver")
        assert SECRET not in str(cursor.fetchall())
    kept = str(list(AuditEntry.objects.values()))
    assert "tools.saved" in kept
    assert SECRET not in kept + repr(server) + repr(config_of(server))


def test_secrets_of_another_key_are_lost_in_peace(alice: User, settings: Settings) -> None:
    save_tool_server(actor=alice, values=HTTP, secrets={"Authorization": SECRET})
    settings.SECRET_KEY = "another" * 8
    server = ToolServer.objects.get()
    assert (server.secrets, server.has_lost_secrets) == ({}, True)
    save_tool_server(actor=alice, server=server, values={}, secrets={"Authorization": "new"})
    assert not ToolServer.objects.get().has_lost_secrets


README = {
    "mcpServers": {
        "files": {"command": "npx", "args": ["-y", "files", "/tmp"], "env": {"TOKEN": SECRET}},
        "web": {"url": "https://tools.example.org/mcp", "headers": {"Authorization": SECRET}},
        "old": {"type": "sse", "url": "https://tools.example.org/sse", "disabled": True},
    }
}


def test_a_readme_s_json_sets_up_all_that_is_in_it(admin: User) -> None:
    files, web, old = import_tool_servers(actor=admin, text=json.dumps(README), is_site=True)
    assert (files.transport, files.command, files.args) == ("stdio", "npx", ["-y", "files", "/tmp"])
    assert (files.secrets, web.secrets) == ({"TOKEN": SECRET}, {"Authorization": SECRET})
    assert (web.transport, old.transport, web.is_on, old.is_on) == ("http", "sse", True, False)


def test_of_a_readme_s_json_all_comes_or_nothing(alice: User) -> None:
    both = {"web": README["mcpServers"]["web"], "files": README["mcpServers"]["files"]}
    with pytest.raises(Refused, match=r"files: .*programs"):
        import_tool_servers(actor=alice, text=json.dumps(both), is_site=False)
    assert not ToolServer.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"servers": {"web": {"type": "http", "url": "https://a.example"}}},
        {"web": {"url": "https://a.example"}},
        {"url": "https://a.example"},
        {"mcpServers": {"web": {"serverUrl": "https://a.example"}}},
        {"mcp": {"web": {"type": "remote", "url": "https://a.example"}}},
    ],
)
def test_the_ways_that_programs_write_it_are_understood(said: dict[str, Any]) -> None:
    [one] = described(json.dumps(said))
    assert (one.values["transport"], one.values["url"]) == ("http", "https://a.example")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"mcpServers": {}}', '{"mcpServers": {"a": 1}}', "[" * 100_000]
    + [json.dumps({"mcpServers": {"a": said}}) for said in ({"command": 3}, {"command": "x", "args": "y"})],
)
def test_what_is_no_such_json_is_told(text: str) -> None:
    with pytest.raises(BadValue):
        described(text)


def test_a_policy_that_there_is_not_is_refused_and_none_takes_it_back(alice: User) -> None:
    server = make_server(alice)
    with pytest.raises(BadValue):
        set_tool_policies(server=server, policies={"delete": "always"})
    set_tool_policies(server=server, policies={"delete": "allow", "no such tool": "allow"})
    assert [said.tool for said in ToolPolicy.objects.all()] == ["delete"]
    set_tool_policies(server=server, policies={"delete": ""})
    assert not ToolPolicy.objects.exists()


def test_removing_is_noted(alice: User) -> None:
    server = make_server(alice)
    remove_tool_server(server=server)
    assert AuditEntry.objects.get().action == "tools.removed"
