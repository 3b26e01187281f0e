"""Following a session: events without gap or repeat, from any number on, for as long as one may read it."""

from __future__ import annotations

from chat.stream.follower import Follower
from chat.stream.lists import ListFollower
from chat.stream.replies import ReplyFollower
from chat.stream.sse import events_as_sse
from chat.stream.watch import watch

__all__ = ["Follower", "ListFollower", "ReplyFollower", "events_as_sse", "watch"]
