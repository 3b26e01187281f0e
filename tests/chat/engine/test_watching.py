"""The look at the rows ends those who may not read any more, and nobody else.

Proves C12.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from chat.models import Session, User
from chat.replay import replay
from chat.stream import Follower
from chat.stream import watch as the_watch
from chat.stream.follower import Ended
from chat.threads import read, write
from tests.chat.engine.driving import new_session

NOBODY = UUID(int=0)


async def test_one_who_becomes_known_while_we_look_is_not_ended(
    session: Session, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Follower(session.pk, NOBODY, after=0) as follower:
        looking = asyncio.create_task(the_watch.look())
        await asyncio.sleep(0)
        follower.user_id = alice.pk
        await looking
        assert await follower.take(0.1) == []


async def test_a_suspended_person_is_ended(alice: User) -> None:
    session = await new_session(alice)
    with Follower(session.pk, alice.pk, after=0) as follower:
        await write(User.objects.filter(pk=alice.pk).update, is_active=False)
        await the_watch.look()
        with pytest.raises(Ended):
            await follower.take(1)


async def test_a_number_of_the_future_is_told_to_read_again(session: Session) -> None:
    [event] = await read(replay, session.pk, 10**12)
    assert (event.name, event.number) == ("reset", 0)
