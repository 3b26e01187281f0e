"""The sessions with servers that this process has, and what is kept of what came of them."""

from __future__ import annotations

import asyncio

from django.conf import settings
from django.utils import timezone

from chat import threads
from chat.models import ToolServer
from chat.phrases import Phrase, kept
from chat.text import clean_text
from chat.toolbox.servers import config_of, kept_form
from chat.tools.contract import Listed
from chat.tools.pool import Look, SessionPool


async def keep(found: Look) -> None:
    await threads.write(_keep, found)


def _keep(found: Look) -> None:
    """A list that is there outlives a failure; a server that was changed meanwhile has not been looked at."""
    now = timezone.now()
    changes: dict[str, object] = {
        "problem": clean_text(found.problem),
        "problem_form": kept(found.problem, clean_text),
        "last_words": found.last_words,
        "tried_at": now,
    }
    if not found.problem:
        tools = [kept_form(tool) for tool in found.tools]
        changes |= {"tools": tools, "listed_at": now, "says_it_is": found.server[:200]}
    row = ToolServer.objects.select_related("owner").filter(pk=found.config.key).first()
    if row is not None and config_of(row) == found.config:
        ToolServer.objects.filter(pk=row.pk).update(**changes)


pool = SessionPool(keep)


async def look(server: ToolServer) -> Look:
    """Connect to it anew; what came of it is kept, and is the answer.

    A program that may not be run here (any more) is not, whoever asks.
    """
    if server.is_program and not settings.PARLEY_MCP_STDIO:
        refused = Look(
            config_of(server),
            problem=Phrase("Programs as servers of tools are switched off here (PARLEY_MCP_STDIO)."),
        )
        await keep(refused)
        return refused
    return await pool.look(config_of(server))


async def forget(server: ToolServer) -> None:
    await pool.forget(str(server.pk))


async def tools_of(server: ToolServer) -> tuple[Listed, ...]:
    """Those of a server that has not been asked yet; none where it fails."""
    found = await pool.look(config_of(server))
    return found.tools


async def run() -> None:
    """Beside the engine, as long as it runs: sessions end with it."""
    try:
        await asyncio.Event().wait()
    finally:
        await pool.aclose()
