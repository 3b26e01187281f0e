"""Events as a body of server-sent events, with a comment when nothing happens for a while."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from chat.stream.follower import Ended, Follower

# So that proxies and clients know that the line is alive.
COMMENT_SECONDS = 15.0
COMMENT = b": still here\n\n"


async def events_as_sse(follower: Follower) -> AsyncGenerator[bytes, None]:
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
