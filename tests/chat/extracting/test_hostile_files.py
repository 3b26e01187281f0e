"""Files that mean harm: the process that reads them ends at its limits, and whoever asked goes on.

Proves B3.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from chat.extracting import limits
from chat.extracting.process import extract
from tests.chat.extracting import making


def problem_of(reader: str, content: bytes) -> str:
    return extract(reader, io.BytesIO(content)).problem


def test_an_archive_that_becomes_a_gigabyte_is_not_unpacked() -> None:
    parts = making.packed({"content.xml": b" " * (limits.UNPACKED_BYTES + 1)})
    assert len(parts) < 1 << 20
    begun = time.monotonic()
    for reader in ("opendocument", "word", "slides", "sheets", "epub"):
        assert problem_of(reader, parts) == "packed"
    assert time.monotonic() - begun < 10


def test_what_lies_in_the_folder_of_temporary_files_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody on the machine may write there."""
    (tmp_path / "lxml.py").write_text("raise SystemExit(9)")
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "__init__.py").write_text("raise SystemExit(9)")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert b"Words" in extract("opendocument", io.BytesIO(making.open_text("<text:p>Words</text:p>"))).body


def test_an_archive_that_lies_about_its_size_is_cut_where_it_says() -> None:
    honest = making.open_text("<office:body>" + " " * 5_000_000 + "</office:body>")
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        size = archive.getinfo("content.xml").file_size
    lying = honest.replace(size.to_bytes(4, "little"), (90).to_bytes(4, "little"))
    assert lying != honest
    assert problem_of("opendocument", lying) == "damaged"


def test_an_entity_of_a_document_opens_no_file_and_does_not_grow(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    head = f'<!DOCTYPE x [<!ENTITY f SYSTEM "file://{secret}">{lines}]>'
    found = extract(
        "opendocument",
        io.BytesIO(making.open_text("<text:p>Words &f; &l11;</text:p>", head=head)),
    )
    assert b"SECRET" not in found.body
    assert len(found.body) < 1000


def test_two_cells_in_opposite_corners_take_no_memory() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    sheet["A1"], sheet["XFD1048576"] = "one", "two"
    assert problem_of("sheets", making.saved(book.save)) in ("too_wide", "too_large")


def test_a_page_may_be_as_deep_as_it_likes() -> None:
    found = extract("page", io.BytesIO(b"<div><ul><li>" * 60_000 + b"at the bottom"))
    assert found.problem in ("", "empty", "damaged")


def test_ten_thousand_pages_end_where_there_is_enough() -> None:
    found = extract("pdf", io.BytesIO(making.pdf(*["All work and no play " * 10] * 10_000)))
    assert found.is_cut
    assert found.count == 10_000
    assert 0 < len(found.body) <= limits.MAX_CHARS


def test_who_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its whole group is: what a library has started goes too."""
    takes_a_second = making.pdf(*["Words"] * 6000)
    monkeypatch.setattr(limits, "WALL_SECONDS", 0.05)
    begun = time.monotonic()
    assert problem_of("pdf", takes_a_second) == "too_long"
    assert time.monotonic() - begun < 5


def confined(code: str) -> subprocess.CompletedProcess[str]:
    """A process that gives up what a reader does, and then does what is in `code`."""
    program = (
        f"import socket, subprocess, os\nfrom chat.extracting.confining import confine\nconfine()\n{code}"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)


def test_memory_has_an_end() -> None:
    assert "MemoryError" in confined("b = bytearray(3 << 30)").stderr


def test_time_has_an_end() -> None:
    program = (
        "from chat.extracting import limits\nlimits.CPU_SECONDS = 1\n"
        "from chat.extracting.confining import confine\nconfine()\nwhile True: pass"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert found.returncode < 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux leaves the network")
def test_nobody_is_called() -> None:
    """By Python it is refused, and by the system where that lets one leave the network."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = confined(f"socket.create_connection(('127.0.0.1', {port}), 2)")
        assert "PermissionError" in found.stderr
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert "PermissionError" in confined("subprocess.run(['true'])").stderr
    assert "PermissionError" in confined("os.system('true')").stderr


def test_no_key_of_ours_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from chat.extracting.process import _environment

    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("SECRET_KEY", "secret")
    assert not {"OPENAI_API_KEY", "SECRET_KEY"} & set(_environment())


def test_many_at_once_answer_each_for_itself() -> None:
    found: dict[int, bytes] = {}

    def read(number: int) -> None:
        found[number] = extract("page", io.BytesIO(f"<p>{number}</p>".encode())).body

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"{number}\n\n".encode() for number in range(4)}


def test_nothing_is_left_open() -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(3):
        extract("page", io.BytesIO(b"<p>x"))
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after == before
