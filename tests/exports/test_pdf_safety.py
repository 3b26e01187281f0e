"""Laying out pages is safe and can be ended, whatever stands in a message and whatever becomes of the server.

Proves B13.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest

from chat.models import User
from exports.content.transcript import Transcript
from exports.formats import FORMATS
from exports.formats.contract import CannotWrite
from exports.formats.pdf.documents import Line
from exports.formats.pdf.parts import Piece, Printing
from exports.options import Options
from exports.printing import hands, press
from tests.browser.hostile import payloads
from tests.exports.printed import pages_of, workers, written
from tests.factories import make_session

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_fetched_and_nothing_runs(alice: User) -> None:
    session = make_session(alice, ["\n\n".join(payloads()), HOSTILE], name="<script>alert(1)</script>")
    content = written(session)
    text = " ".join(pages_of(content))
    assert "root:x:0:0" not in text
    with pikepdf.open(io.BytesIO(content)) as document:
        kinds = {str(one.get("/S", "")) for one in document.objects if isinstance(one, pikepdf.Dictionary)}
        assert not kinds & {"/JavaScript", "/Launch", "/GoToR", "/SubmitForm", "/ImportData"}
        assert "/OpenAction" not in document.Root
        urls = [
            str(one.URI) for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/URI" in one
        ]
        assert all(re.match(r"https?:|mailto:", url) for url in urls), urls


HOSTILE = """![x](file:///etc/passwd) <img src="file:///etc/passwd"> <style>@import "file:///etc/passwd"</style>
<link rel=attachment href="file:///etc/passwd"> <svg><image href="file:///etc/passwd"/></svg>
[file](file:///etc/passwd) [message](message:m-1) [data](data:text/html,x) <iframe src="http://127.0.0.1:9/">

$\\href{file:///etc/passwd}{x}$ ![y](http://127.0.0.1:9/x.png)
"""


def test_a_worker_opens_nothing_whatever_a_document_asks_for(tmp_path: Path) -> None:
    """Also of what the renderer and the sanitizer would not let through."""
    secret = tmp_path / "secret.txt"
    secret.write_text("body { content: 'opened' } h1::after { content: 'opened' }")
    places = "".join(
        f'<link rel="{rel}" href="{secret.as_uri()}">' for rel in ("stylesheet", "attachment", "icon")
    )
    url = secret.as_uri()
    hostile = (
        f'<html lang="en"><title>x</title>{places}<style>@import "{url}"; h1 {{ background: url("{url}") }}'
        f' @font-face {{ font-family: x; src: url("{url}") }}</style><h1>Here</h1>'
        f'<img alt="a" src="{url}"><img alt="b" src="http://127.0.0.1:9/"><object data="{url}"></object>'
        f'<embed src="{url}"><svg><title>c</title><image href="{url}"/></svg>'
    )
    with press.Press(tmp_path, "", lambda: None, hands=1) as opened:
        job = opened.put(hostile)
        opened.finish()
    if job.sheaf:
        content = job.sheaf.file.read_bytes()
        assert "opened" not in " ".join(pages_of(content))
        with pikepdf.open(io.BytesIO(content)) as document:
            assert not document.attachments
    else:
        assert "Refused" in job.trouble


class Cancelled(Exception):
    """What the job raises."""


def test_cancelling_ends_it_within_a_second_and_leaves_no_process(alice: User) -> None:
    session = make_session(alice, ["word " * 60_000], name="Slow")
    begun: list[float] = []

    def go_on(_share: float) -> None:
        found = workers()
        if found and not begun:
            begun.append(time.monotonic())
        if begun and time.monotonic() - begun[0] > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        FORMATS["pdf"].write(Transcript(session, Options()), io.BytesIO(), go_on)
    assert time.monotonic() - begun[0] < 0.5 + 1
    assert not workers()


def test_a_message_that_cannot_be_laid_out_is_named(tmp_path: Path) -> None:
    texts = ["<p>Short.</p>", "<div>" * 1500, "<p>Short too.</p>"]
    pieces = [
        Piece(Line(number, f"{number}", f"m-{number}"), is_question=True, html=text)
        for number, text in enumerate(texts, 1)
    ]
    with press.Press(tmp_path, "", lambda: None, hands=1) as opened:
        printing = Printing(opened, "Title")
        printing.put(pieces)
        with pytest.raises(CannotWrite) as raised:
            printing.finish()
    assert raised.value.words.values == {"number": 2}


def test_nothing_stays_behind_where_the_server_was_killed(tmp_path: Path) -> None:
    """To a worker that is all the same: its input ends, and nobody has ended it."""
    folder = tmp_path / "parley-pdf"
    folder.mkdir()
    (folder / "style.css").write_text("")
    (folder / "1.html").write_text("What somebody said")
    asked = [sys.executable, "-m", "exports.printing.worker", str(folder)]
    subprocess.run(asked, stdin=subprocess.DEVNULL, check=True, timeout=60)
    assert not folder.exists()


def test_what_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "PATIENCE", 0.1)
    with press.Press(tmp_path, "", lambda: None) as opened:
        job = opened.put("<p>Nobody starts as quickly as that.</p>")
        opened.finish()
        assert not workers()
    assert job.trouble


def test_a_worker_is_told_no_key_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "secret")
    told = hands.environment()
    assert "secret" not in told.values()
    assert told["PATH"] == os.environ["PATH"]
