"""The admin's lists and pages over ten messages, and over a million."""

from __future__ import annotations

import asyncio

from tests import nursery
from tests.benchmarks.measuring import Bench, Row, id_at, times

HUGE = 1_000_000
LOOKS = 9
PROMOTE = """
import django
django.setup()
from chat.models import User
User.objects.update(is_staff=True, is_superuser=True)
"""
MESSAGES = "/admin/chat/message/"


async def measure(bench: Bench) -> list[Row]:
    await asyncio.to_thread(bench.server.run, nursery.code, PROMOTE)
    few = await _looks(bench, await bench.fill(10, 1, "--forks", "1"), 1)
    many = await _looks(bench, await bench.fill(HUGE, 2, "--forks", "20"), 2)
    rows = [Row(f"admin: {name}, over {HUGE:,}", seconds * 1e3, "ms", 500) for name, seconds in many.items()]
    slowest = max(many[name] / few[name] for name in many)
    return [*rows, Row(f"admin, the page of these that suffers most, of {HUGE:,} ÷ of 10", slowest, "×", 3)]


async def _looks(bench: Bench, session: str, kind: int) -> dict[str, float]:
    """The median seconds of each."""
    paths = {
        "messages": MESSAGES,
        "messages, the last that are counted": f"{MESSAGES}?p=100",
        "tools' messages": f"{MESSAGES}?role=tool",
        "failed messages": f"{MESSAGES}?status=error",
        "messages of the last day": f"{MESSAGES}?since=day",
        "messages of a conversation": f"{MESSAGES}?session={session}",
        "other versions in it": f"{MESSAGES}?session={session}.aside",
        "a message": f"{MESSAGES}{id_at(kind, 5)}/change/",
        "conversations": "/admin/chat/session/",
        "a conversation": f"/admin/chat/session/{session}/change/",
        "generations": "/admin/chat/generation/",
    }
    return dict(zip(paths, await times(bench.browser, list(paths.values()), runs=LOOKS), strict=True))
