"""Which tools a model may call in a conversation, and calling them: for the engine, pages and plugins."""

from __future__ import annotations

from chat.toolbox.calling import call
from chat.toolbox.choosing import Switch, switches
from chat.toolbox.looking import forget, look, run
from chat.toolbox.offering import offered

__all__ = ["Switch", "call", "forget", "look", "offered", "run", "switches"]
