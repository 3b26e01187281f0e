"""What may be a secret in a server's address or arguments is encrypted, and masked wherever it is shown.

Proves F8 and C12.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from chat.command_lines import meant_arguments, secrets_of, shown_arguments
from chat.errors import BadValue
from chat.models import AuditEntry, ToolServer, User
from chat.services.tools import save_tool_server
from chat.toolbox.servers import config_of
from tests.chat.migrating import migrate, newest
from tests.chat.tools.given import make_admin

SECRET = "s3cret-t0ken-of-mine"
URL = f"https://tools.example.org/mcp?key={SECRET}"
ARGS = ["-y", "files", "--token", SECRET, f"--db=postgres://me:{SECRET}@db/x", "/srv"]
SHOWN = ["-y", "files", "--token", "***", "--db=postgres://***@db/x", "/srv"]


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        (["--api-key", SECRET, "--verbose"], ["--api-key", "***", "--verbose"]),
        (["--token=abc"], ["--token=***"]),
        (["-e", "GITHUB_TOKEN=abc"], ["-e", "GITHUB_TOKEN=***"]),
        (["--header", "Authorization: Bearer abc"], ["--header", "Authorization: ***"]),
        (["--header", "X-Api-Key:abc"], ["--header", "X-Api-Key:***"]),
        ([f"https://u:{SECRET}@h.example/a"], ["https://***@h.example/a"]),
        (["sk-abcdefgh12345678ijkl"], ["***"]),
        (
            ["--env=GITHUB_TOKEN=abc", "--header=Authorization: Bearer x"],
            ["--env=GITHUB_TOKEN=***", "--header=Authorization: ***"],
        ),
        (["c2VjcmV0MTIzNDU2Nzg5MA=="], ["***"]),
        (["--password", "--yes"], ["--password", "--yes"]),
        (["-y", "@modelcontextprotocol/server-filesystem", "/home/me/files-2024"], None),
        (["run", "-i", "--rm", "-v", "/a:/b", "mcp/fetch:1.2"], None),
        (["--mode=read", "KEYBOARD=de"], None),
    ],
)
def test_what_may_be_a_secret_is_masked_and_nothing_else(
    argument: list[str], shown: list[str] | None
) -> None:
    masked = shown_arguments(argument)
    assert masked == (shown or argument)
    assert meant_arguments(masked, argument) == argument
    assert all(one and one in " ".join(argument) for one in secrets_of(argument))


@pytest.fixture
def admin(transactional_db: None) -> User:
    return make_admin()


@pytest.fixture
def program(admin: User) -> ToolServer:
    values = {"name": "Files", "transport": "stdio", "command": "npx", "args": ARGS}
    return save_tool_server(actor=admin, is_site=True, values=values)


@pytest.fixture
def web(admin: User) -> ToolServer:
    return save_tool_server(actor=admin, values={"name": "Web", "transport": "http", "url": URL})


def rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, args, secret_url, secret_args FROM chat_toolserver")
        return str(cursor.fetchall())


def test_it_is_used_whole_and_neither_kept_nor_told_so(program: ToolServer, web: ToolServer) -> None:
    assert (list(config_of(program).args), config_of(web).url) == (ARGS, URL)
    assert (program.args, web.url) == (SHOWN, "https://tools.example.org/mcp?key=***")
    told = repr([config_of(program), config_of(web), program, web, list(AuditEntry.objects.values())])
    assert SECRET not in rows() + told
    assert SECRET in config_of(web).secrets
    assert SECRET in config_of(program).secrets


def test_no_page_shows_it_and_saving_what_is_shown_keeps_it(
    admin: User, program: ToolServer, web: ToolServer
) -> None:
    page = Client()
    page.force_login(admin)
    ToolServer.objects.update(is_on=False)  # nothing is asked
    for server in (program, web):
        for path in (
            "/settings/tools/",
            f"/settings/tools/{server.pk}/",
            f"/settings/tools/{server.pk}/edit/",
        ):
            shown = page.get(path).content.decode()
            assert "***" in shown
            assert SECRET not in shown
    typed = {"name": "Files", "transport": "stdio", "command": "npx", "asking": "changes"}
    page.post(f"/settings/tools/{program.pk}/edit/", {**typed, "args": "\n".join([*SHOWN, "more"])})
    typed = {"name": "Web", "transport": "http", "asking": "changes", "url": web.url}
    page.post(f"/settings/tools/{web.pk}/edit/", typed)
    program.refresh_from_db()
    web.refresh_from_db()
    assert (program.arguments, web.address) == ([*ARGS, "more"], URL)


def test_it_does_not_go_to_another_place(admin: User, program: ToolServer, web: ToolServer) -> None:
    with pytest.raises(BadValue, match="anew"):
        save_tool_server(actor=admin, server=web, values={"url": web.url.replace("tools.", "evil.")})
    with pytest.raises(BadValue, match="anew"):
        save_tool_server(actor=admin, server=program, values={"command": "evil", "args": SHOWN})
    assert SECRET not in rows()


def test_what_is_lost_is_asked_for_again(admin: User, web: ToolServer, settings: Settings) -> None:
    settings.SECRET_KEY = "another" * 8
    server = ToolServer.objects.get()
    assert server.has_lost_secrets
    with pytest.raises(BadValue, match="anew"):
        save_tool_server(actor=admin, server=server, values={"name": "Other"})


def test_what_is_there_is_encrypted_and_on_the_way_back_readable(transactional_db: None) -> None:
    head = newest()
    try:
        old = migrate("0033_tool_calls").get_model("chat", "ToolServer").objects
        old.create(name="Web", transport="http", url=URL)
        old.create(name="Files", transport="stdio", command="npx", args=ARGS)
        old.create(name="Plain", transport="http", url="https://a.example/mcp")
        migrate(head)
        assert SECRET not in rows()
        assert [row.address for row in ToolServer.objects.exclude(url="").order_by("name")] == [
            "https://a.example/mcp", URL,
        ]  # fmt: skip
        assert ToolServer.objects.get(name="Files").arguments == ARGS
        back = migrate("0033_tool_calls").get_model("chat", "ToolServer").objects
        assert back.get(name="Web").url == URL
        assert back.get(name="Files").args == ARGS
    finally:
        migrate(head)
