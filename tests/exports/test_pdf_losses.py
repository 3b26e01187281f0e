"""Processes that lay out pages may end at any moment: the document is whole, and nothing stays behind.

Proves B13.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.models import User
from exports.content.transcript import Transcript
from exports.formats import FORMATS
from exports.formats.pdf import documents
from exports.formats.pdf.paper import paper
from exports.options import Options
from exports.printing import hands, spare
from exports.printing.folders import Folder
from exports.printing.hands import Hand
from exports.printing.press import Press
from tests.exports.printed import pages_of, workers, written
from tests.factories import make_session

TEXT = "<title>x</title><p>Words</p>"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where folders are made."""
    spare.dismiss()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    spare.dismiss()


def killed(hand: Hand) -> int:
    hand.process.kill()
    return hand.process.wait()


def test_one_that_ended_between_two_documents_is_replaced(place: Path) -> None:
    with Press(place, "", lambda: None, hands=1) as press:
        jobs = [press.put(TEXT)]
        press.finish()
        [idle] = press._hands
        killed(idle)
        jobs.append(press.put(TEXT))
        press.finish()
        assert press._hands != [idle]
    assert [(job.sheaf is not None, job.trouble) for job in jobs] == [(True, "")] * 2
    assert not workers()


@pytest.mark.django_db(transaction=True)
def test_the_document_is_whole_where_a_spare_one_ended_as_it_was_taken(
    alice: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    style = documents.style(paper())
    spare.make_ready(style)
    [kept] = spare._kept
    monkeypatch.setattr(kept, "is_fit", lambda _style: killed(kept))
    assert "Hello" in " ".join(pages_of(written(make_session(alice, ["Hello"]))))
    assert not kept.folder.path.exists()
    assert not [*place.iterdir()]


def test_a_document_whose_workers_all_end_is_given_up_after_the_second(place: Path) -> None:
    seen: list[Hand] = []

    def tick() -> None:
        seen.extend(hand for hand in press._hands if hand not in seen)
        killed(seen[-1])
        assert len(seen) < 5

    with Press(place, "", tick, hands=1) as press:
        job = press.put(TEXT)
        press.finish()
    assert len(seen) == 2
    assert "could not be begun" in job.trouble


def test_each_is_ended_also_where_one_cannot_be(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("Cannot be ended")

    press = Press(place, "", lambda: None, hands=3)
    for _time in range(3):
        press.put(TEXT)
    first, stuck, last = press._hands
    end = stuck.dismiss
    monkeypatch.setattr(stuck, "dismiss", fail)
    with pytest.raises(OSError, match="Cannot be ended"), press:
        pass
    assert first.process.returncode == last.process.returncode == -signal.SIGKILL
    end()
    assert not workers()


def test_half_an_answer_is_none(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands, "_WORKER", (sys.executable, "-c", """print('{"pages": ', end="")"""))
    hand = Hand(place)
    assert hand.answer() is None
    hand.dismiss()


def test_a_worker_that_fails_takes_no_documents_with_it(place: Path) -> None:
    """Another goes on with them."""
    hands.equip(place, "")
    (place / "1.html").write_text(TEXT)
    asked = [sys.executable, "-m", "exports.printing.worker", str(place)]
    ended = subprocess.run(asked, input=b"no order\n", stderr=subprocess.DEVNULL, check=False, timeout=60)
    assert ended.returncode
    assert (place / "1.html").read_text() == TEXT


SERVER = """
import sys, time
from exports.printing.folders import Folder
from exports.printing.press import Press
with Folder() as folder, Press(folder.path, "", lambda: None, hands=1) as press:
    press.put("<title>x</title><p>Words</p>")
    press.finish()
    print(folder.path, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def server(place: Path) -> Iterator[subprocess.Popen[str]]:
    """One that lays out pages, with its processes in a group of its own."""
    told = {**os.environ, "TMPDIR": str(place)}
    asked = [sys.executable, "-c", SERVER]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True, env=told, process_group=0) as one:
        yield one
        one.kill()


def test_who_comes_next_removes_what_a_killed_server_left(server: subprocess.Popen[str]) -> None:
    assert server.stdout
    left = Path(server.stdout.readline().strip())
    with Folder():
        assert (left / "1.pdf").exists()  # it is in use
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    assert (left / "1.pdf").exists()
    with Folder() as folder:
        assert folder.path.exists()
        assert not left.exists()


def test_folders_in_use_and_what_is_not_ours_stay(place: Path) -> None:
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("Kept")
    (place / "parley-pages-link").symlink_to(elsewhere)
    with Folder() as one:
        (one.path / "1.html").write_text(TEXT)
        with Folder() as other:
            assert one.path != other.path
        assert not other.path.exists()
        assert (one.path / "1.html").exists()
    assert (elsewhere / "kept.txt").exists()


@pytest.mark.django_db(transaction=True)
def test_an_export_that_ends_leaves_no_folder_however_it_ends(alice: User, place: Path) -> None:
    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    transcript = Transcript(make_session(alice, ["Hello"]), Options())
    with (place / "file.pdf").open("wb") as out, pytest.raises(KeyboardInterrupt):
        FORMATS["pdf"].write(transcript, out, stop)
    assert [one.name for one in place.iterdir()] == ["file.pdf"]
