"""Which tools a model may call in a conversation, and calling them: for the engine, pages and plugins."""

from __future__ import annotations

from chat.toolbox.calling import call
from chat.toolbox.choosing import Switch, said_of, switches, switches_of
from chat.toolbox.looking import forget, look, run
from chat.toolbox.offering import listed, offered, told_names

__all__ = [
    "Switch",
    "call",
    "forget",
    "listed",
    "look",
    "offered",
    "run",
    "said_of",
    "switches",
    "switches_of",
    "told_names",
]
