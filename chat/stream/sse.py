"""Events as a body of server-sent events, with a comment when nothing happens for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from chat.stream.follower import Ended, Follower
from chat.stream.replies import ReplyFollower

# So that proxies and clients know that the line is alive.
COMMENT_SECONDS = 15.0
COMMENT = b": still here\n\n"


async def events_as_sse(follower: Follower) -> AsyncIterator[bytes]:
    """All that happens, until the session ends for this person."""
    with follower:
        # Headers go with the first bytes.
        yield COMMENT
        try:
            while True:
                events = await follower.take(COMMENT_SECONDS)
                yield b"".join(event.as_sse() for event in events) or COMMENT
        except Ended:
            return


async def reply_as_sse(
    follower: ReplyFollower, user_message_id: UUID | None, reply_id: UUID
) -> AsyncIterator[bytes]:
    """One reply's events; the follower was entered before the message was sent, and is left here."""
    try:
        async for event in follower.events(user_message_id, reply_id):
            yield event.as_sse()
    except Ended:
        return
    finally:
        follower.__exit__()
