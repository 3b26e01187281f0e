"""Rows that remember what somebody was let to them for, so that it can be asked once more under a lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Granted:
    """`access` sets `asked_again` on what it hands out; called with the row as it is by now, it raises as
    `access` would. None on a row that nobody asked for: the engine works for no person."""

    asked_again: Callable[[Any], object] | None = None
