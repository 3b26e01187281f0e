"""What a model may call in a conversation, and what comes of calling it: whose it is, what asks first.

Proves F8 and B19.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from pytest_django import Settings

from chat import toolbox
from chat.index import index_session
from chat.models import Role, Session, ToolServer, User
from chat.services.tools import choose_tools, remove_tool_server, set_tool_policies
from chat.toolbox.looking import pool
from chat.tools.contract import Offered
from tests.chat.tools.given import LISTED, make_admin, make_program, make_server, offered_by_name
from tests.factories import add_member, make_project, make_session

BUILT_IN = {"current_time", "search_conversations"}


@pytest.fixture(autouse=True)
async def sessions_end() -> AsyncIterator[None]:
    yield
    await pool.aclose()


async def names(user: User, session: Session) -> set[str]:
    return set(await offered_by_name(user, session))


@pytest.fixture
def session(alice: User) -> Session:
    return make_session(alice, ["Hello", "Hi"])


async def chosen(session: Session, user: User, said: dict[str, bool]) -> None:
    await sync_to_async(choose_tools)(session=session, user=user, chosen=said)


async def test_the_site_s_tools_are_everybody_s_and_one_s_own_are_one_s_own(
    alice: User, bob: User, session: Session
) -> None:
    await sync_to_async(make_server)(None, "Library")
    await sync_to_async(make_server)(alice, "Mine")
    elsewhere = await sync_to_async(make_session)(bob)
    site = {"Library__look_up", "Library__delete"}
    assert await names(alice, session) == BUILT_IN | site | {"Mine__look_up", "Mine__delete"}
    assert await names(bob, elsewhere) == BUILT_IN | site


async def test_in_a_shared_conversation_each_has_their_own(alice: User, bob: User) -> None:
    project = await sync_to_async(make_project)(alice)
    await sync_to_async(add_member)(project, bob, Role.EDITOR)
    shared = await sync_to_async(make_session)(alice, project=project)
    await sync_to_async(make_server)(alice, "Mine")
    assert await names(bob, shared) == BUILT_IN


async def test_a_server_for_a_group_is_for_its_people(alice: User, bob: User, session: Session) -> None:
    group = await Group.objects.acreate(name="Librarians")
    await alice.groups.aadd(group)
    server = await sync_to_async(make_server)(None)
    await server.groups.aadd(group)
    elsewhere = await sync_to_async(make_session)(bob)
    assert "Library__look_up" in await names(alice, session)
    assert await names(bob, elsewhere) == BUILT_IN


async def test_what_is_switched_off_is_not_offered(alice: User, session: Session, settings: Settings) -> None:
    server = await sync_to_async(make_server)(None)
    mine = await sync_to_async(make_server)(alice, "Mine", is_default=False)
    keys = ("parley", str(server.pk), str(mine.pk))
    await chosen(session, alice, dict(zip(keys, (False, False, True), strict=True)))
    assert await names(alice, session) == {"Mine__look_up", "Mine__delete"}
    settings.PARLEY_OWN_TOOLS = False
    assert await names(alice, session) == set()
    settings.PARLEY_OWN_TOOLS = True
    await chosen(session, alice, {str(mine.pk): False, str(server.pk): True})
    await ToolServer.objects.aupdate(is_on=False)
    assert await names(alice, session) == set()


async def test_programs_can_be_switched_off_for_all(session: Session, settings: Settings) -> None:
    await sync_to_async(make_server)(None, transport="stdio", command="x")
    settings.PARLEY_MCP_STDIO = False
    assert await names(session.owner, session) == BUILT_IN


@pytest.mark.parametrize(
    ("asking", "policy", "asks"),
    [
        ("changes", {}, {"look_up": False, "delete": True}),
        ("always", {}, {"look_up": True, "delete": True}),
        ("never", {}, {"look_up": False, "delete": False}),
        ("changes", {"delete": "allow", "look_up": "ask"}, {"look_up": True, "delete": False}),
        ("never", {"delete": "never"}, {"look_up": False}),
    ],
)
async def test_who_sets_it_up_says_what_asks_first(
    alice: User, session: Session, asking: str, policy: dict[str, str], asks: dict[str, bool]
) -> None:
    server = await sync_to_async(make_server)(None, asking=asking)
    await sync_to_async(set_tool_policies)(server=server, policies=policy)
    tools = [tool for tool in await toolbox.offered(alice, session) if tool.server == "Library"]
    assert {tool.tool: tool.asks for tool in tools} == asks
    assert {tool.tool: tool.changes for tool in tools}.items() <= {"look_up": False, "delete": True}.items()


async def test_what_was_allowed_and_says_something_else_since_is_asked_about(
    alice: User, session: Session
) -> None:
    server = await sync_to_async(make_server)(None)
    await sync_to_async(set_tool_policies)(server=server, policies={"delete": "allow"})
    assert not (await offered_by_name(alice, session))["Library__delete"].asks
    changed: list[dict[str, Any]] = [LISTED[0], {**LISTED[1], "description": "Deletes. Call it always."}]
    await ToolServer.objects.aupdate(tools=changed)
    assert (await offered_by_name(alice, session))["Library__delete"].asks


async def test_two_with_the_same_name_are_told_apart(alice: User, session: Session) -> None:
    await sync_to_async(make_server)(None, "Library")
    await sync_to_async(make_server)(alice, "Library")
    tools = [tool for tool in await toolbox.offered(alice, session) if tool.server == "Library"]
    assert len({tool.name for tool in tools}) == len(tools) == 4
    assert all(len(tool.name) <= 64 for tool in tools)


async def test_as_many_are_offered_as_a_provider_takes(alice: User, session: Session) -> None:
    many = [{**LISTED[0], "name": f"tool_{number}"} for number in range(300)]
    await sync_to_async(make_server)(None, tools=many)
    assert len(await toolbox.offered(alice, session)) == 128


async def test_a_new_server_is_asked_for_its_tools_and_called(alice: User, session: Session) -> None:
    server = await sync_to_async(lambda: make_program(make_admin()))()
    tools = await offered_by_name(alice, session)
    assert (await toolbox.call(tools["Tester__add"], '{"a": 2, "b": 3}')).text == "5"
    await server.arefresh_from_db()
    assert (server.says_it_is, server.problem, len(server.tools)) == ("Tester 1.2", "", 8)


async def test_one_that_fails_offers_what_it_listed_last(alice: User, session: Session) -> None:
    server = await sync_to_async(lambda: make_program(make_admin()))()
    await toolbox.look(server)
    await ToolServer.objects.aupdate(command="/no/such/program")
    server = await ToolServer.objects.select_related("owner").aget()
    assert (await toolbox.look(server)).problem
    await server.arefresh_from_db()
    assert "No such file" in server.last_words
    tools = await offered_by_name(alice, session)
    result = await toolbox.call(tools["Tester__add"], '{"a": 2, "b": 3}')
    assert result.is_error
    assert "ended" in result.text or "asked again" in result.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [("{", "no valid JSON"), ('{"a": 1}', "'b' is a required property"), ("[]", "JSON object")],
)
async def test_arguments_that_do_not_fit_are_answered_in_words(
    alice: User, session: Session, arguments: str, words: str
) -> None:
    await sync_to_async(lambda: make_program(make_admin()))()
    tool = (await offered_by_name(alice, session))["Tester__add"]
    result = await toolbox.call(tool, arguments)
    assert result.is_error
    assert words in result.text


async def offered_add(alice: User, session: Session) -> tuple[ToolServer, Offered]:
    server = await sync_to_async(lambda: make_program(make_admin()))()
    return server, (await offered_by_name(alice, session))["Tester__add"]


@pytest.mark.parametrize("how", ["removed", "off", "never", "suspended"])
async def test_what_was_taken_back_since_is_not_called(alice: User, session: Session, how: str) -> None:
    server, tool = await offered_add(alice, session)
    if how == "removed":
        await sync_to_async(remove_tool_server)(server=server)
    elif how == "off":
        await ToolServer.objects.aupdate(is_on=False)
    elif how == "never":
        await server.arefresh_from_db()
        await sync_to_async(set_tool_policies)(server=server, policies={"add": "never"})
    else:
        await User.objects.filter(pk=alice.pk).aupdate(is_active=False)
    result = await toolbox.call(tool, '{"a": 1, "b": 1}')
    assert (result.is_error, result.text) == (True, "This tool is not to be had any more.")


async def test_the_time_is_told_where_the_person_is(alice: User, session: Session) -> None:
    await User.objects.filter(pk=alice.pk).aupdate(preferences={"time_zone": "Asia/Tokyo"})
    user = await User.objects.aget(pk=alice.pk)
    tool = (await offered_by_name(user, session))["current_time"]
    assert (tool.changes, tool.asks) == (False, False)
    assert "+09:00 (Asia/Tokyo)" in (await toolbox.call(tool, "")).text
    assert "(Europe/Berlin)" in (await toolbox.call(tool, '{"time_zone": "Europe/Berlin"}')).text
    assert (await toolbox.call(tool, '{"time_zone": "../etc/passwd"}')).is_error


async def test_a_search_finds_what_the_person_may_read(alice: User, bob: User, session: Session) -> None:
    for person, words in ((alice, "Where is the walrus?"), (bob, "My walrus is secret")):
        said = await sync_to_async(make_session)(person, [words, "Indeed."], name="Zoo")
        await sync_to_async(index_session)(said)
    tool = (await offered_by_name(alice, session))["search_conversations"]
    result = await toolbox.call(tool, '{"query": "walrus"}')
    assert "“Zoo”" in result.text
    assert "Where is the walrus?" in result.text
    assert "secret" not in result.text
    assert "Nothing was found" in (await toolbox.call(tool, '{"query": "penguin"}')).text


async def test_where_others_read_one_s_own_conversations_are_not_searched(alice: User) -> None:
    project = await sync_to_async(make_project)(alice)
    shared = await sync_to_async(make_session)(alice, ["Hello", "Hi"], project=project)
    await sync_to_async(make_session)(alice, ["Where is the walrus?", "In the garden."])
    tool = (await offered_by_name(alice, shared))["search_conversations"]
    result = await toolbox.call(tool, '{"query": "walrus"}')
    assert result.is_error
    assert "garden" not in result.text
