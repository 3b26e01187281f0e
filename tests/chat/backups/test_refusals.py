"""C11: what cannot be brought back whole is refused in words, before anything changes."""

from __future__ import annotations

import fcntl
import json
import resource
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from chat.backups.archive import digest_of
from chat.models import User
from tests.chat.backups.filled import files, fill, rows, run

Members = dict[str, bytes]


@pytest.fixture
def backup(alice: User, tmp_path: Path) -> Path:
    fill(alice)
    run("backup", tmp_path / "all.zip")
    return tmp_path / "all.zip"


@contextmanager
def nothing_changes(folder: Path) -> Iterator[None]:
    """Neither rows nor any file of Parley's."""
    before, uploaded, there = rows(), files(), everything(folder)
    yield
    assert rows() == before
    assert files() == uploaded
    assert everything(folder) == there


def everything(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*") if "run" not in path.parts)


def rewritten(backup: Path, change: Callable[[Members], object], *, is_signed: bool = True) -> None:
    """The same zip with other members; `is_signed`: its manifest says so."""
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    manifest = json.loads(members.pop("manifest.json", b"{}"))
    with zipfile.ZipFile(backup, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        if is_signed:
            manifest["digest"] = digest_of(archive.infolist())
        archive.writestr("manifest.json", json.dumps(manifest))


def said(**values: Any) -> Callable[[Members], None]:
    """The manifest says these besides."""

    def change(members: Members) -> None:
        members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), **values}).encode()

    return change


def newer(members: Members) -> None:
    manifest = json.loads(members["manifest.json"])
    manifest["contents"]["migrations"].append(["chat", "9999_from_the_future"])
    members["manifest.json"] = json.dumps(manifest).encode()


def added(name: str) -> Callable[[Members], None]:
    return lambda members: members.update({name: b"evil"})


def without_database(members: Members) -> None:
    for name in [name for name in members if name.startswith("database/")]:
        del members[name]


CASES: list[tuple[Callable[[Members], object], str]] = [
    (said(program="Another"), "no backup of Parley’s"),
    (said(format=99), "format 99"),
    (said(database="oracle"), "of a oracle database"),
    (said(contents={}), "makes no sense"),
    (said(made_at="yesterday"), "makes no sense"),
    (said(files={}, more=1), "makes no sense"),
    (without_database, "damaged, at database/"),
    (newer, "newer Parley.*9999_from_the_future"),
    (added("uploads/../../evil"), "no place in it"),
    (added("/uploads/evil"), "no place in it"),
    (added("uploads//evil"), "no place in it"),
    (added("uploads/..\\evil"), "no place in it"),
    (added("uploads/.restoring/evil"), "no place in it"),
    (added("uploads/"), "no place in it"),
    (added("keys/secret_key"), "no place in it"),
    (lambda members: members.pop("manifest.json"), "makes no sense"),
]


def test_a_zip_that_is_no_backup_of_ours_is_refused(backup: Path, tmp_path: Path) -> None:
    """C11"""
    whole = backup.read_bytes()
    with nothing_changes(tmp_path):
        for change, words in CASES:
            backup.write_bytes(whole)
            rewritten(backup, change)
            with pytest.raises(CommandError, match=words):
                run("restore", backup)
            assert not list(tmp_path.rglob("evil")), words


def test_a_database_of_a_newer_parley_is_replaced_whole_or_not_at_all(backup: Path, tmp_path: Path) -> None:
    """C11: of PostgreSQL's tables we would leave those that we do not know."""
    MigrationRecorder(connection).record_applied("chat", "9999_from_the_future")
    try:
        if connection.vendor == "sqlite":
            assert "Restored" in run("restore", backup)
        else:
            with nothing_changes(tmp_path), pytest.raises(CommandError, match="newer Parley: chat.9999"):
                run("restore", backup)
    finally:
        MigrationRecorder(connection).record_unapplied("chat", "9999_from_the_future")


def test_a_zip_with_a_member_more_or_less_is_refused(backup: Path, tmp_path: Path) -> None:
    """C11"""
    rewritten(backup, added("uploads/more"), is_signed=False)
    with nothing_changes(tmp_path), pytest.raises(CommandError, match="changed after it was made"):
        run("restore", backup)


def test_a_zip_of_something_else_and_what_is_no_zip_are_refused(alice: User, tmp_path: Path) -> None:
    """C11"""
    fill(alice)
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as archive:
        archive.writestr("diary.txt", "Dear diary")
    (tmp_path / "diary.txt").write_text("Dear diary")
    (tmp_path / "empty").touch()
    with nothing_changes(tmp_path):
        for name, words in {
            "foreign.zip": "no backup of Parley’s",
            "diary.txt": "is no backup",
            "empty": "is no backup",
            "missing.zip": "No such file",
            "run": "Is a directory",
        }.items():
            with pytest.raises(CommandError, match=words):
                run("restore", tmp_path / name)


def test_a_backup_that_is_damaged_or_cut_off_is_refused(backup: Path, tmp_path: Path) -> None:
    """C11: wherever that is."""
    whole = backup.read_bytes()
    with zipfile.ZipFile(backup) as archive:
        starts = [member.header_offset + 200 for member in archive.infolist() if member.file_size > 10_000]
    assert len(starts) >= 3
    backup.unlink()
    damaged = tmp_path / "damaged.zip"
    damaged.touch()
    with nothing_changes(tmp_path):
        for start in starts:
            damaged.write_bytes(
                whole[:start] + bytes(byte ^ 0x55 for byte in whole[start : start + 9]) + whole[start + 9 :]
            )
            with pytest.raises(CommandError, match="damaged, at"):
                run("restore", damaged)
        for cut in (1, 500, len(whole) // 2, len(whole) - 1):
            damaged.write_bytes(whole[:cut])
            with pytest.raises(CommandError, match="is no backup, or is not whole"):
                run("restore", damaged)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file can become larger, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_where_there_is_no_room_nothing_is_left_of_it(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C11: neither of the backup, nor of what was to be restored."""
    whole = backup.read_bytes()
    with nothing_changes(tmp_path):
        with room_for(2000), pytest.raises(CommandError, match="be written|be copied to"):
            run("backup", backup)
        assert backup.read_bytes() == whole
        with room_for(2000), pytest.raises(CommandError, match="cannot be restored: File too large"):
            run("restore", backup)
        full = shutil.disk_usage(tmp_path)._replace(free=1000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
        with pytest.raises(CommandError, match="no room"):
            run("restore", backup)


def test_two_do_not_write_the_same_at_once(backup: Path, tmp_path: Path) -> None:
    """C11"""
    (tmp_path / "run").mkdir(exist_ok=True)
    for lock, command, words in [
        (tmp_path / "all.zip.partial", "backup", "Another backup is being written"),
        (tmp_path / "run" / "restore.lock", "restore", "Another restore is under way"),
    ]:
        with lock.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with nothing_changes(tmp_path), pytest.raises(CommandError, match=words):
                run(command, backup)


def test_a_backup_says_where_it_cannot_be_written(alice: User, tmp_path: Path) -> None:
    """C11"""
    fill(alice)
    (tmp_path / "folder").mkdir()
    for name, words in {
        "folder": "is a folder",
        "nowhere/all.zip": "no folder",
        "uploads/all.zip": "among the uploaded files",
    }.items():
        with nothing_changes(tmp_path), pytest.raises(CommandError, match=words):
            run("backup", tmp_path / name)
