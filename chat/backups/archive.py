"""The one file: a zip that is written aside, takes its place when it is whole, and is read with distrust."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

BLOCK = 1 << 20
# What they raise of a file that is damaged, cut off, or none of ours.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError)
# How far something has come: what is done, and how much of how much.
Tell = Callable[[str, int, int], None]


class BackupError(Exception):
    """It cannot be done, in words for whoever asked for it."""


class NothingThere(BackupError):
    """The database has no tables yet."""


class Damaged(BackupError):
    """The database here cannot be read any more."""


class Writer:
    """Takes members one after the other, in blocks, so that none of them has to fit into memory."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, blocks: Iterable[bytes], *, is_packed: bool = True) -> int:
        """Add a member; its bytes."""
        # Their own way to compress, which is quick, unless the member is as small as it gets.
        member: str | zipfile.ZipInfo = name if is_packed else zipfile.ZipInfo(name)
        size = 0
        with self._archive.open(member, "w", force_zip64=True) as file:
            for block in _gathered(blocks):
                size += file.write(block)
        return size

    def digest(self) -> str:
        """Of all members so far."""
        return digest_of(self._archive.infolist())


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """What is added becomes the file `path` when all of it is there; else nothing is left of it.

    Raises:
        BackupError: it cannot be written there.
    """
    partial = beside(path, ".partial")
    try:
        with _alone(partial) as file:
            try:
                kind = zipfile.ZIP_DEFLATED
                with zipfile.ZipFile(file, "w", kind, compresslevel=1) as archive:
                    yield Writer(archive)
                file.flush()
                os.fsync(file.fileno())
                os.replace(partial, path)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
        _sync_folder(path.parent)
    except OSError as trouble:
        raise BackupError(f"{path} cannot be written: {trouble.strerror or trouble}.") from trouble


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


class Reader:
    """Gives members in blocks, and says it in words where one is damaged."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @property
    def members(self) -> list[zipfile.ZipInfo]:
        return self._archive.infolist()

    def blocks(self, name: str) -> Iterator[bytes]:
        """
        Raises:
            BackupError: it is not whole.
        """
        try:
            with self._archive.open(name) as file:
                yield from blocks_of(file)
        except DAMAGE as trouble:
            raise BackupError(f"This backup is damaged, at {name}: {trouble}.") from trouble

    def read(self, name: str) -> bytes:
        return b"".join(self.blocks(name))

    def unpack(self, name: str, path: Path) -> None:
        """Write it to a new file, for its owner's eyes."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for block in self.blocks(name):
                file.write(block)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """
    Raises:
        BackupError: there is no such file, or it is no zip that is whole.
    """
    with contextlib.ExitStack() as opened:
        try:
            archive = zipfile.ZipFile(opened.enter_context(path.open("rb")))
        except DAMAGE as trouble:
            raise BackupError(f"{path} is no backup, or is not whole: {trouble}.") from trouble
        except OSError as trouble:
            raise BackupError(f"{path} cannot be read: {trouble.strerror or trouble}.") from trouble
        yield Reader(opened.enter_context(archive))


def blocks_of(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def digest_of(members: Iterable[zipfile.ZipInfo]) -> str:
    """Of their names, sizes and sums, in order: none can be missing, changed, or be there besides."""
    digest = hashlib.sha256()
    for member in members:
        digest.update(f"{member.CRC:08x} {member.file_size} {member.filename}\n".encode())
    return digest.hexdigest()


def _gathered(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger blocks: a database gives them row by row."""
    kept = bytearray()
    for block in blocks:
        kept += block
        if len(kept) >= BLOCK:
            yield bytes(kept)
            kept.clear()
    yield bytes(kept)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[IO[bytes]]:
    """The file, new or emptied of what somebody left who died, for its owner's eyes, and for us alone."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise BackupError(f"Another backup is being written to {path}.") from busy
        if not path.exists() or not os.path.samestat(path.stat(), os.fstat(file.fileno())):
            raise BackupError(f"Another backup has just been written to {path}.")
        os.fchmod(file.fileno(), 0o600)
        file.truncate(0)
        yield file


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
