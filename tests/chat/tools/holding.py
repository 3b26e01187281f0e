"""Holds a session until it is killed: run by test_programs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from chat.tools.contract import ServerConfig  # noqa: E402
from chat.tools.pool import Look, SessionPool  # noqa: E402


async def hold(notes: str) -> None:
    async def keep(look: Look) -> None:
        assert not look.problem, look

    program = str(Path(__file__).with_name("server.py"))
    config = ServerConfig("1", "Tester", "stdio", sys.executable, (program, "well"), {"NOTES": notes})
    pool = SessionPool(keep)
    await pool.look(config)
    print("open", flush=True)
    await asyncio.sleep(600)


asyncio.run(hold(sys.argv[1]))
