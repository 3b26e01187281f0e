"""The real model in its real process: woken, asked, killed, left alone.

Proves A13.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chat.providers.contract import Waiting
from chat.providers.local import LocalModel
from chat.providers.local_file import BUNDLED, MAGIC, find_model
from chat.providers.local_file import bundled as bundled_file
from chat.providers.local_process import ModelProcess
from tests.chat.providers.asking import ask, prompt

Make = Callable[..., LocalModel]
PARENT = """
import asyncio
from chat.providers.local_file import find_model
from chat.providers.local_process import ModelProcess

async def main():
    print((await ModelProcess.start(find_model(""))).pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
QUESTION = prompt(BUNDLED, "What is the capital of France?", max_tokens=24)


def is_running(pid: int) -> bool:
    """A zombie has ended; its parent has only not heard of it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


Children = Callable[[], list[int]]


@pytest.fixture
def new_children() -> Children:
    """Those that have come since the test began; a database may be there for all tests."""
    earlier = running_children()
    return lambda: [pid for pid in running_children() if pid not in earlier]


def running_children() -> list[int]:
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if is_running(int(pid))]


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_it_wakes_answers_and_stays_awake(local: Make) -> None:
    model = local()
    first = await ask(model, QUESTION)
    second, third = [await ask(model, QUESTION) for _ in range(2)]
    assert isinstance(first.deltas[0], Waiting)
    assert second.waited == third.waited == 0
    for answer in (first, second, third):
        assert answer.text.strip()
        assert answer.finish.model == BUNDLED
        assert answer.finish.usage is not None
        assert 1 <= (answer.finish.usage.output_tokens or 0) <= 24
    assert await model.models() == (BUNDLED,)
    assert model.context_window(BUNDLED) == 4096


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_many_who_ask_at_once_wake_one_process(local: Make, new_children: Children) -> None:
    model = local()
    answers = await asyncio.gather(*(ask(model, QUESTION) for _ in range(3)))
    assert all(answer.text for answer in answers)
    assert new_children() == [model.pid]


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_killed_it_answers_the_next_question(local: Make) -> None:
    model = local()
    await ask(model, QUESTION)
    killed = model.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    answer = await ask(model, QUESTION)
    assert answer.text
    assert answer.finish.reason
    assert model.pid not in (None, killed)


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_killed_in_the_middle_it_says_so_and_answers_again(local: Make) -> None:
    model = local()
    stream = model.stream(prompt(BUNDLED, "Tell me a long story about the sea.", max_tokens=400))
    async for delta in stream:
        if not isinstance(delta, Waiting):
            break
    assert model.pid is not None
    os.kill(model.pid, signal.SIGKILL)
    with pytest.raises(Exception, match="cut off"):
        async for _ in stream:
            pass
    assert (await ask(model, QUESTION)).text


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_it_is_stopped_when_idle_but_not_while_it_speaks(local: Make) -> None:
    model = local(idle=0.1)
    assert (await ask(model, prompt(BUNDLED, "Count to one hundred.", max_tokens=60))).finish.reason
    pid = model.pid
    assert pid is not None
    await asyncio.sleep(0.5)
    assert model.pid is None
    assert not is_running(pid)
    assert (await ask(model, QUESTION)).text


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_one_who_leaves_while_it_wakes_does_not_end_it_for_the_others(local: Make) -> None:
    model = local()
    leaver = asyncio.create_task(ask(model, QUESTION))
    stayer = asyncio.create_task(ask(model, QUESTION))
    await asyncio.sleep(0.1)
    leaver.cancel()
    assert (await stayer).text


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_closing_while_it_wakes_leaves_no_process(local: Make, new_children: Children) -> None:
    model = local()
    asked = asyncio.create_task(ask(model, QUESTION))
    await asyncio.sleep(0.3)
    children = new_children()
    await model.aclose()
    await asyncio.gather(asked, return_exceptions=True)
    assert children
    assert not new_children()


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_a_conversation_that_is_too_long_is_refused_in_words(local: Make) -> None:
    model = local()
    answer = await ask(model, prompt(BUNDLED, "word " * 6000))
    assert answer.error is not None
    assert "too long for this model" in str(answer.error)
    assert not answer.error.retryable
    assert (await ask(model, QUESTION)).text


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_another_file_runs_under_its_own_name(local: Make, tmp_path: Path) -> None:
    path = tmp_path / "other-1B.gguf"
    path.symlink_to(bundled_file())
    model = local(str(path))
    assert await model.models() == ("other-1B",)
    assert (await ask(model, prompt("other-1B", max_tokens=8))).finish.model == "other-1B"


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_a_stopped_reply_frees_its_place_at_once(local: Make) -> None:
    """There are two places; three stories that nobody hears to the end must not hold them."""
    model = local()
    for _ in range(3):
        stream = model.stream(prompt(BUNDLED, "Tell me a very long story.", max_tokens=1000))
        async for delta in stream:
            if not isinstance(delta, Waiting):
                break
        await stream.aclose()
    async with asyncio.timeout(5):
        assert (await ask(model, QUESTION)).text


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
def test_it_dies_with_a_parent_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    deadline = time.monotonic() + 5
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
async def test_it_dies_when_the_pipe_from_its_parent_ends() -> None:
    """What holds where the kernel does not tell a child of its parent's death."""
    process = await ModelProcess.start(find_model(""))
    assert process._process.stdin is not None
    process._process.stdin.close()
    assert await process.died_within(5)
    await process.stop()


@pytest.mark.model
@pytest.mark.usefixtures("bundled")
def test_it_can_be_served_by_hand() -> None:
    command = [sys.executable, "manage.py", "local_model"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        assert served.stdout.readline().startswith("READY http://127.0.0.1:")
        served.terminate()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "missing"),
        (b"", "not a GGUF"),
        (b"\x00garbage" * 99, "not a GGUF"),
        (MAGIC + b"\x03", "could not be loaded"),
    ],
)
@pytest.mark.usefixtures("bundled")
async def test_a_file_that_cannot_run_is_named(
    local: Make, tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "my-model.gguf"
    if content is not None:
        path.write_bytes(content)
    answer = await ask(local(str(path)), prompt("my-model"))
    assert words in str(answer.error)
    assert "my-model" in str(answer.error)
    assert str(tmp_path) not in str(answer.error)
