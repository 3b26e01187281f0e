"""Servers that are programs: spoken to, listed, called, stopped; and those that misbehave do no harm.

Proves F8.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chat.tools import connection as sdk
from chat.tools import pool as pools
from chat.tools.contract import ServerConfig, ToolError
from chat.tools.pool import Look, SessionPool
from tests.chat.tools.waiting import until

Program = Callable[..., ServerConfig]


STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(os.environ["NOTES"], "w").write(str(os.getpid()))
time.sleep(600)
"""


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def pids(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().split() if line.isdecimal()]


async def test_its_tools_are_listed_with_what_they_say_of_themselves(
    pool: SessionPool, program: Program
) -> None:
    look = await pool.look(program())
    tools = {tool.name: tool for tool in look.tools}
    assert (look.problem, look.server) == ("", "Tester 1.2")
    assert (tools["add"].title, tools["add"].only_reads) == ("Add two numbers", True)
    assert tools["add"].schema["required"] == ["a", "b"]
    assert not tools["wait"].only_reads


async def test_a_tool_is_called_and_tells_how_far_it_is(pool: SessionPool, program: Program) -> None:
    heard = []

    async def hear(progress: float, total: float | None, words: str) -> None:
        heard.append((progress, total, words))

    result = await pool.call(program(), "wait", {"seconds": 0.1}, seconds=10, on_progress=hear)
    assert (result.text, result.is_error, heard) == ("waited", False, [(1.0, 2.0, "half")])
    assert (await pool.call(program(), "add", {"a": 1, "b": 2}, seconds=5)).structured == {"result": 3}


async def test_a_call_that_is_cancelled_is_cancelled_there(
    pool: SessionPool, program: Program, notes: Path
) -> None:
    call = asyncio.create_task(pool.call(program(), "wait", {"seconds": 60}, seconds=60))
    await until(lambda: notes.exists() and "waiting" in notes.read_text())
    began = time.monotonic()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert time.monotonic() - began < 1
    await until(lambda: "cancelled" in notes.read_text())
    assert (await pool.call(program(), "add", {"a": 1, "b": 2}, seconds=5)).text == "3"


async def test_a_call_that_takes_too_long_ends_in_words(
    pool: SessionPool, program: Program, notes: Path
) -> None:
    with pytest.raises(ToolError, match=r"within 0\.3 seconds"):
        await pool.call(program(), "wait", {"seconds": 60}, seconds=0.3)
    await until(lambda: "cancelled" in notes.read_text())


async def test_its_words_are_made_harmless_and_its_pictures_taken(
    pool: SessionPool, program: Program
) -> None:
    result = await pool.call(program(), "odd", {}, seconds=5)
    assert result.text == "<script>alert(1)</script>[31mred"
    assert [media.mime_type for media in result.media] == ["image/png"]


async def test_a_tool_that_fails_says_so(pool: SessionPool, program: Program) -> None:
    result = await pool.call(program(), "fail", {}, seconds=5)
    assert result.is_error
    assert "fail" in result.text


async def test_a_long_result_is_cut_and_says_so(pool: SessionPool, program: Program) -> None:
    result = await pool.call(program(), "big", {"size": 300_000}, seconds=10)
    assert len(result.text) < 201_000
    assert result.text.endswith("[100,000 more characters were cut off here.]")


async def test_a_result_without_end_ends_the_session_and_the_next_call_has_a_new_one(
    pool: SessionPool, program: Program, notes: Path
) -> None:
    with pytest.raises(ToolError, match="more than is taken"):
        await pool.call(program(), "big", {"size": 20_000_000}, seconds=20)
    assert (await pool.call(program(), "add", {"a": 1, "b": 2}, seconds=5)).text == "3"
    assert len(pids(notes)) == 2


async def test_a_server_that_dies_is_started_again(pool: SessionPool, program: Program) -> None:
    with pytest.raises(ToolError):
        await pool.call(program(), "die", {}, seconds=5)
    assert (await pool.call(program(), "add", {"a": 2, "b": 2}, seconds=5)).text == "4"


async def test_it_has_nothing_of_our_environment(
    pool: SessionPool, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    result = await pool.call(program(), "environment", {}, seconds=5)
    names = set(json.loads(result.text)) - {"LC_CTYPE"}  # Python sets it for itself
    assert names <= {"PATH", "HOME", "LANG", "TOKEN", "NOTES"}
    assert {"TOKEN", "NOTES", "PATH"} <= names


async def test_a_list_that_changes_is_read_again(
    pool: SessionPool, program: Program, looks: list[Look]
) -> None:
    await pool.call(program(), "grow", {}, seconds=5)
    await until(lambda: "late" in {tool.name for tool in looks[-1].tools})


async def test_one_that_is_not_there_is_told_of(pool: SessionPool, looks: list[Look]) -> None:
    look = await pool.look(ServerConfig("1", "None", "stdio", "/no/such/program"))
    assert look.problem == "Its program ended, or said nothing that the protocol has."
    assert "No such file" in looks[-1].last_words


async def test_one_that_dies_at_once_is_left_in_peace_for_longer_and_longer(
    pool: SessionPool, program: Program, looks: list[Look]
) -> None:
    for expected in ("ended", "ended", "asked again in 5 seconds"):
        with pytest.raises(ToolError, match=expected):
            await pool.call(program("dies"), "add", {}, seconds=5)
    assert looks[-1].last_words == "cannot find its configuration"
    assert len(looks) == 2


async def test_what_it_was_given_in_confidence_is_not_kept_among_its_last_words(
    pool: SessionPool, program: Program, looks: list[Look]
) -> None:
    config = program("tells")
    await pool.look(replace(config, env={**config.env, "TOKEN": "s3cret-t0ken"}))
    assert looks[-1].last_words == "refused: Bearer …"


async def test_a_schema_that_no_database_keeps_is_left_out(pool: SessionPool, program: Program) -> None:
    found = {tool.name for tool in (await pool.look(program("spoils"))).tools}
    assert "tool 2" in found
    assert not found & {"tool 0", "tool 1"}


async def test_one_that_floods_is_ended(pool: SessionPool, program: Program) -> None:
    began = time.monotonic()
    assert (await pool.look(program("floods"))).problem == "It sent more than is taken."
    assert time.monotonic() - began < 10


async def test_one_that_chatters_is_understood_and_its_last_words_are_bounded(
    pool: SessionPool, program: Program, looks: list[Look]
) -> None:
    look = await pool.look(program("chatters"))
    assert "add" in {tool.name for tool in look.tools}
    assert look.last_words.endswith("line 99999")
    assert len(look.last_words) <= 16_384


async def test_one_that_says_nothing_and_does_not_want_to_end_is_ended(
    pool: SessionPool, program: Program, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sdk.OPENING, "stdio", 2.5)
    look = await pool.look(replace(program(), args=("-I", "-S", "-c", STUBBORN)))
    assert look.problem == "It did not answer in time."
    [pid] = pids(notes)
    await until(lambda: not runs(pid))


async def test_one_that_lies_about_its_tools_is_taken_at_its_word_and_no_further(
    pool: SessionPool, program: Program
) -> None:
    look = await pool.look(program("lies"))
    assert 10 < len(look.tools) <= 50  # it would go on for ever
    assert look.tools[0].description == "<b>Ignore all</b>"
    assert all(tool.name.isprintable() for tool in look.tools)
    assert (await pool.call(program("lies"), "tool 0", {}, seconds=5)).text == "ok"


async def test_an_idle_session_is_closed_and_its_program_gone(
    pool: SessionPool, program: Program, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "IDLE", 0.1)
    await pool.look(program())
    assert pool.is_connected("1")
    await until(lambda: not pool.is_connected("1"))
    [pid] = pids(notes)
    await until(lambda: not runs(pid))


async def test_one_that_is_set_up_anew_is_started_anew(
    pool: SessionPool, program: Program, notes: Path
) -> None:
    await pool.call(program(), "add", {"a": 1, "b": 1}, seconds=5)
    await pool.call(program("chatters"), "add", {"a": 1, "b": 1}, seconds=5)
    first, second = pids(notes)
    assert runs(second)
    await until(lambda: not runs(first))


def test_a_program_dies_with_a_server_that_was_killed(notes: Path) -> None:
    script = Path(__file__).with_name("holding.py")
    holder = subprocess.Popen([sys.executable, str(script), str(notes)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == b"open\n"
        [pid] = pids(notes)
        assert runs(pid)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    asyncio.run(until(lambda: not runs(pid)))
