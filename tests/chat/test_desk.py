"""The socket of a person's list: what changes is told, to whom it belongs, as the list would show it.

Proves A6.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from channels.testing import WebsocketCommunicator
from django.test import Client

from chat.composer import submit
from chat.generation.engine import Engine
from chat.hub import hub
from chat.models import Project, ReadMark, Role, Session, User
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.services.content import draft_of
from chat.services.projects import remove_member
from chat.services.reading import mark_seen
from chat.services.replies import stop_reply
from chat.services.sessions import create_session, delete_session, restore_session, update_session
from chat.sidebar import read_list, read_project_list
from chat.threads import read, write
from config.asgi import application
from tests.factories import add_member, make_project, make_session

HOST = "localhost"


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def socket_of(cookie: str, *, digest: str = "", origin: str = f"http://{HOST}") -> WebsocketCommunicator:
    headers = [(b"host", HOST.encode()), (b"origin", origin.encode()), (b"cookie", cookie.encode())]
    return WebsocketCommunicator(application, f"/ws/chat/?digest={digest}", headers=headers)


@asynccontextmanager
async def desk(user: User) -> AsyncIterator[WebsocketCommunicator]:
    """A socket to a list that the page has as it is."""
    digest = (await read(read_list, user)).digest
    socket = socket_of(await write(cookie_of, user), digest=digest)
    connected, _ = await socket.connect()
    assert connected
    async with asyncio.timeout(5):
        while user.pk not in hub._listeners:  # noqa: ASYNC110  the socket's own task subscribes
            await asyncio.sleep(0.01)
    yield socket
    await socket.disconnect()


async def hear(socket: WebsocketCommunicator, words: str) -> str:
    """The first frame that holds these words."""
    async with asyncio.timeout(10):
        while words not in (frame := str(await socket.receive_from(timeout=10))):
            pass
    return frame


async def test_what_changes_is_told(alice: User, live_engine: Engine) -> None:
    async with desk(alice) as socket:
        session = await write(create_session, owner=alice, name="Harbour")
        assert f'id="s-{session.pk}"' in await hear(socket, ">Harbour<")
        for changes, words in (
            ({"name": "<Forest>"}, "&lt;Forest&gt;"),
            ({"starred": True}, "data-starred"),
            ({"archived": True}, "data-archived"),
        ):
            await write(update_session, session=session, changes=changes)
            await hear(socket, words)
        await write(delete_session, session=session)
        await hear(socket, f'<parley-left s="{session.pk}">')
        await write(restore_session, session=session)
        await hear(socket, f'id="s-{session.pk}"')


async def test_a_reply_is_told_from_its_beginning_until_it_is_seen(
    alice: User, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    gate = asyncio.Event()
    scripts.script("slow", [Text("Begun"), gate, Finish("stop", None)])
    async with desk(alice) as socket:
        draft = await read(draft_of, "Go")
        sent = await write(submit, author=alice, draft=draft, provider="scripted", model="slow")
        await hear(socket, "data-live")
        gate.set()
        frame = await hear(socket, "data-unread")
        assert "data-live" not in frame
        session = await read(Session.objects.get, pk=sent.user_message.session_id)
        assert f'data-unread="{session.last_event_id}"' in frame
        await write(mark_seen, session=session, user=alice, number=session.last_event_id)
        assert "data-unread" not in await hear(socket, "data-session-item")
        assert await read(ReadMark.objects.count) == 1


async def test_a_stopped_reply_is_not_unread(
    alice: User, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    scripts.script("slow", [Text("Begun"), asyncio.Event(), Finish("stop", None)])
    async with desk(alice) as socket:
        draft = await read(draft_of, "Go")
        sent = await write(submit, author=alice, draft=draft, provider="scripted", model="slow")
        await hear(socket, "data-live")
        session = await read(Session.objects.get, pk=sent.user_message.session_id)
        await write(stop_reply, session=session)
        async with asyncio.timeout(10):
            while "data-live" in (frame := str(await socket.receive_from(timeout=10))):
                pass
        assert "data-unread" not in frame


async def test_a_burst_is_one_frame(alice: User, live_engine: Engine) -> None:
    sessions = [await write(make_session, alice, name=f"Number {number}") for number in range(20)]
    async with desk(alice) as socket:
        await write(lambda: [update_session(session=one, changes={"starred": True}) for one in sessions])
        frames = [str(await socket.receive_from(timeout=5))]
        while not await socket.receive_nothing(timeout=0.3):
            frames.append(str(await socket.receive_from(timeout=1)))
        assert len(frames) <= 10
        assert {one.pk for one in sessions} == {
            one.pk for one in sessions if any(f's-{one.pk}"' in frame for frame in frames)
        }


async def test_a_list_that_is_behind_is_told_to_read(alice: User, live_engine: Engine) -> None:
    cookie = await write(cookie_of, alice)
    digest = (await read(read_list, alice)).digest
    await write(make_session, alice, name="Made before the socket was there")
    socket = socket_of(cookie, digest=digest)
    await socket.connect()
    assert await socket.receive_from(timeout=5) == "<parley-list></parley-list>"
    hub.nudge_all()  # as when the bus was away
    assert await socket.receive_from(timeout=5) == "<parley-list></parley-list>"
    await socket.disconnect()


async def test_nobody_hears_of_what_is_anothers(alice: User, charlie: User, live_engine: Engine) -> None:
    session = await write(make_session, alice, name="Secret")
    async with desk(charlie) as socket:
        await write(update_session, session=session, changes={"starred": True})
        await socket.send_to(json.dumps({"type": "look", "sessions": [str(session.pk)]}))
        assert await socket.receive_from(timeout=5) == f'<parley-left s="{session.pk}"></parley-left>'
        assert await socket.receive_nothing(timeout=0.3)


async def test_a_look_answers_with_what_is_in_no_loaded_list(alice: User, live_engine: Engine) -> None:
    session = await write(make_session, alice, name="Old one", is_archived=True)
    async with desk(alice) as socket:
        await socket.send_to(json.dumps({"type": "look", "sessions": [str(session.pk)]}))
        await hear(socket, "Old one")


@pytest.mark.parametrize(
    "frame", [" ", "{", "[]", "1", '{"type": "look"}', '{"type": "look", "sessions": [1]}', "[" * 5000]
)
async def test_a_bad_frame_is_ignored(alice: User, live_engine: Engine, frame: str) -> None:
    async with desk(alice) as socket:
        await socket.send_to(frame)
        await write(create_session, owner=alice, name="Still there")
        await hear(socket, "Still there")


@pytest.mark.parametrize("case", ["nobody", "foreign page", "suspended"])
async def test_who_may_not_is_refused(alice: User, live_engine: Engine, case: str) -> None:
    cookie = "" if case == "nobody" else await write(cookie_of, alice)
    if case == "suspended":
        await write(User.objects.update, is_active=False)
    origin = "https://evil.example" if case == "foreign page" else f"http://{HOST}"
    connected, code = await socket_of(cookie, origin=origin).connect()
    assert (connected, code) == (False, 4403)


async def test_a_suspended_persons_socket_is_closed_within_two_seconds(
    alice: User, live_engine: Engine
) -> None:
    async with desk(alice) as socket:
        await write(User.objects.update, is_active=False)
        async with asyncio.timeout(2):
            message = await socket.receive_output(timeout=3)
        assert (message["type"], message["code"]) == ("websocket.close", 4404)


async def changed_lists(socket: WebsocketCommunicator) -> bool:
    """Whether a project's list is told to have changed, soon."""
    try:
        async with asyncio.timeout(1):
            while "<parley-project" not in str(await socket.receive_from(timeout=1)):
                pass
    except TimeoutError:
        return False
    return True


async def follow(socket: WebsocketCommunicator, project: Project, user: User) -> None:
    digest = (await read(read_project_list, user, project)).digest
    await socket.send_to(json.dumps({"type": "follow", "project": project.slug, "digest": digest}))
    async with asyncio.timeout(5):
        while project.pk not in hub._listeners:  # noqa: ASYNC110  the socket's own task follows
            await asyncio.sleep(0.01)


async def test_who_looks_at_a_project_is_told_what_others_do_in_it(
    alice: User, bob: User, live_engine: Engine
) -> None:
    project = await write(make_project, alice)
    await write(add_member, project, bob, Role.VIEWER)
    moved = await write(make_session, alice, name="Harbour")
    async with desk(bob) as socket:
        await follow(socket, project, bob)
        assert not await changed_lists(socket)
        for change in (
            partial(create_session, owner=alice, name="Made there", project=project),
            partial(update_session, session=moved, changes={"project": project}),
            partial(update_session, session=moved, changes={"name": "Docks"}),
            partial(update_session, session=moved, changes={"project": None}),
        ):
            await write(change)
            assert await changed_lists(socket), change
        await write(update_session, session=moved, changes={"name": "Not theirs"})
        assert not await changed_lists(socket)
        await socket.send_to(json.dumps({"type": "follow", "project": project.slug, "digest": "old"}))
        assert await changed_lists(socket)
        await socket.send_to(json.dumps({"type": "follow", "project": None}))
        await write(create_session, owner=alice, name="Unseen", project=project)
        assert not await changed_lists(socket)
    assert project.pk not in hub._listeners


async def test_of_a_project_nobody_is_told_who_takes_no_part_in_it(
    alice: User, bob: User, charlie: User, live_engine: Engine
) -> None:
    project = await write(make_project, alice)
    await write(add_member, project, bob, Role.VIEWER)
    async with desk(bob) as socket, desk(charlie) as stranger:
        await stranger.send_to(json.dumps({"type": "follow", "project": project.slug, "digest": ""}))
        await follow(socket, project, bob)
        await write(remove_member, project=project, user=bob)
        await write(create_session, owner=alice, name="Private", project=project)
        assert not await changed_lists(socket)
        assert not await changed_lists(stranger)
        await write(create_session, owner=alice, name="Private too", project=project)
        assert await socket.receive_nothing(timeout=0.5)  # nor that something was done there
