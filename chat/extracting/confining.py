"""What a process gives up before it opens a stranger's file: memory, time, the network, other programs."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from typing import Any

from chat.extracting import limits

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
REFUSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system")


def confine() -> None:
    """From here on; what is needed must be imported. Where a system has no such limit, the others remain."""
    if resource is not None:
        _limit("RLIMIT_AS", limits.MEMORY_BYTES)
        _limit("RLIMIT_CPU", limits.CPU_SECONDS)
        _limit("RLIMIT_FSIZE", limits.MAX_BODY + (64 << 10))
        _limit("RLIMIT_CORE", 0)
        signal.alarm(int(limits.WALL_SECONDS) + 5)  # whoever started it may be gone
    _leave_the_network()
    sys.addaudithook(_refuse)


def _limit(name: str, most: int) -> None:
    which = getattr(resource, name)
    _soft, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with suppress(OSError, ValueError):  # macOS knows the limit of memory and takes none
        resource.setrlimit(which, (most, most))


def _leave_the_network() -> None:
    """On Linux into a network in which there is nothing. Where that is forbidden, `_refuse` is left."""
    if sys.platform == "linux" and hasattr(os, "getuid"):
        ctypes.CDLL(None).unshare(NEW_USER | NEW_NETWORK)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(REFUSED):
        raise PermissionError(event)
