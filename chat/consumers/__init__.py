"""WebSockets: `?format=json` gives events as JSON, else the page's HTML."""

from __future__ import annotations

from chat.consumers.desk import DeskConsumer
from chat.consumers.session import SessionConsumer

__all__ = ["DeskConsumer", "SessionConsumer"]
