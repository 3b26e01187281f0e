"""The worker that is ready before it is needed: it saves a second, and leaves nothing behind.

Proves B13.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chat.models import User
from exports.content.transcript import Transcript
from exports.formats.pdf import documents, preview
from exports.formats.pdf.paper import paper
from exports.options import Options
from exports.printing import hands, spare
from exports.printing.press import Press
from tests.factories import make_session

STYLE = "p { color: red }"


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    spare.dismiss()
    yield
    spare.dismiss()


def until(is_so: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not (so := is_so()) and time.monotonic() < end:
        time.sleep(0.05)
    return so


def laid_out(folder: Path, style: str = STYLE) -> tuple[int, str]:
    """The process that did it, and what went wrong."""
    folder.mkdir()
    with Press(folder, style, lambda: None, hands=1) as press:
        job = press.put("<title>x</title><p>Words</p>")
        [hand] = press._hands
        press.finish()
    return hand.process.pid, job.trouble


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_press_takes_the_one_that_is_ready_and_ends_it(tmp_path: Path) -> None:
    spare.make_ready(STYLE)
    [kept] = spare._kept
    pid, trouble = laid_out(tmp_path / "a")
    assert (pid, trouble) == (kept.process.pid, "")
    assert not spare._kept
    assert not is_alive(pid)
    assert not kept.folder.path.exists()


def test_none_works_for_two(tmp_path: Path) -> None:
    """So that what one conversation left in a process is in no other's document."""
    pids = []
    for name in ("a", "b"):
        spare.make_ready(STYLE)
        pids.append(laid_out(tmp_path / name)[0])
    assert len({*pids}) == 2


def test_there_is_no_more_than_one() -> None:
    for _time in range(3):
        spare.make_ready(STYLE)
    assert len(spare._kept) == 1


def test_one_of_another_look_or_that_has_died_is_not_taken(tmp_path: Path) -> None:
    spare.make_ready("p { color: blue }")
    [blue] = spare._kept
    assert laid_out(tmp_path / "a") != (blue.process.pid, "")
    assert not is_alive(blue.process.pid)
    spare.make_ready(STYLE)
    [dead] = spare._kept
    dead.process.kill()
    dead.process.wait()
    pid, trouble = laid_out(tmp_path / "b")
    assert pid != dead.process.pid
    assert not trouble
    assert not dead.folder.path.exists()


def test_one_that_hangs_is_ended_and_another_takes_its_place(tmp_path: Path) -> None:
    spare.make_ready(STYLE)
    [stuck] = spare._kept
    stuck.process.send_signal(signal.SIGSTOP)
    (tmp_path / "a").mkdir()
    with Press(tmp_path / "a", STYLE, _no_longer_than(0.5), hands=1) as press:
        press.put("<p>Words</p>")
        with pytest.raises(TimeoutError):
            press.finish()
    assert not is_alive(stuck.process.pid)
    assert laid_out(tmp_path / "b")[1] == ""


def _no_longer_than(seconds: float) -> Callable[[], None]:
    end = time.monotonic() + seconds

    def tick() -> None:
        if time.monotonic() > end:
            raise TimeoutError

    return tick


def test_it_is_told_no_key_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret-of-ours")
    spare.make_ready(STYLE)
    [kept] = spare._kept
    told = Path(f"/proc/{kept.process.pid}/environ")
    if not told.exists():
        pytest.skip("This system does not tell what a process was told")
    assert until(lambda: b"FONTCONFIG_FILE" in told.read_bytes())
    assert b"secret-of-ours" not in told.read_bytes()


SERVER = """
import sys, time
from exports.printing import spare
spare.make_ready("p { color: red }")
[kept] = spare._kept
print(kept.process.pid, kept.folder.path, flush=True)
time.sleep(60)
"""


def test_it_ends_with_a_server_that_is_killed() -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    pid, folder = server.stdout.readline().split()
    assert is_alive(int(pid))
    server.kill()
    server.wait()
    server.stdout.close()
    assert until(lambda: not Path(folder).exists())
    assert until(lambda: not is_alive(int(pid)) or _is_zombie(int(pid)))


def _is_zombie(pid: int) -> bool:
    """Ended, where nobody asks for how: in a container without an init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def test_one_that_nobody_needs_ends_by_itself(tmp_path: Path) -> None:
    folder = tmp_path / "parley-pdf"
    folder.mkdir()
    hands.equip(folder, STYLE)
    asked = [sys.executable, "-m", "exports.printing.worker", str(folder), "spare", "0.1"]
    with subprocess.Popen(asked, stdin=subprocess.PIPE) as one:
        assert one.wait(timeout=30) == 0
    assert not folder.exists()


def test_one_that_could_not_get_ready_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "parley-pdf"
    (folder / "sample.html").mkdir(parents=True)
    hands.equip(folder, STYLE)
    asked = [sys.executable, "-m", "exports.printing.worker", str(folder), "spare", "60"]
    silent = subprocess.DEVNULL
    assert subprocess.run(asked, stdin=silent, stderr=silent, check=False, timeout=60).returncode
    assert not folder.exists()


def test_one_that_will_soon_end_by_itself_is_not_taken(tmp_path: Path) -> None:
    spare.make_ready(STYLE)
    [old] = spare._kept
    old.kept_until = time.monotonic()
    pid, trouble = laid_out(tmp_path / "a")
    assert pid != old.process.pid
    assert not trouble
    assert not is_alive(old.process.pid)


def test_one_that_nobody_has_taken_is_off_the_list_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare, "KEPT", 0.5)
    spare.make_ready(STYLE)
    [kept] = spare._kept
    kept.process.send_signal(signal.SIGKILL)
    assert until(lambda: not is_alive(kept.process.pid))
    assert until(lambda: not spare._kept)
    assert until(lambda: not kept.folder.path.exists())


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_made_shows_also_where_no_other_can_be_started(
    alice: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spare.make_ready(documents.style(paper()))
    monkeypatch.setattr(hands, "_WORKER", (str(tmp_path / "nothing"),))
    assert preview.first_page(Transcript(make_session(alice, ["Hello"]), Options())).startswith(b"\x89PNG")
    assert not spare._kept
    assert not [*tmp_path.iterdir()]


@pytest.mark.django_db(transaction=True)
def test_who_has_seen_a_first_page_finds_one_for_the_next(alice: User) -> None:
    transcript = Transcript(make_session(alice, ["Hello"]), Options())
    preview.first_page(transcript)
    [kept] = spare._kept
    assert preview.first_page(transcript).startswith(b"\x89PNG")
    assert not is_alive(kept.process.pid)
    assert kept.style == documents.style(paper())
