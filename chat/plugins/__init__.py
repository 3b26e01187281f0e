"""What plugins hook into. Built-ins register through the same hooks; nothing here knows a table."""

from __future__ import annotations

from chat.plugins.hookspecs import hookimpl
from chat.plugins.manager import manager

__all__ = ["hookimpl", "manager"]
