"""The file that was sent: a document, or a zip of documents and of the files that they name.

Nothing is unpacked to the disk by the names in it, and nothing is read that would grow out of all proportion.
"""

from __future__ import annotations

import io
import re
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Self
from zlib import error as ZlibError  # noqa: N812  an exception by name

from chat.importers.conversation import File
from chat.importers.limits import (
    MAX_ENTRIES,
    MAX_LIST_BYTES,
    MAX_RATIO,
    MAX_UNPACKED,
    RATIO_FROM_BYTES,
    UnreadableFile,
)
from chat.phrases import Phrase

BROKEN_ZIP = Phrase("The zip is damaged, or it was not downloaded whole.")
_ENCRYPTED = 0x1
# The end of a zip, and how far from the end it can begin: a comment may follow it.
_END = b"PK\x05\x06"
_END_BYTES = 22 + 65_535
# As exports name them, in whatever folder.
_MAIN = re.compile(r"conversations(-\d+)?\.json", re.IGNORECASE)
# Beside the conversations of a Parley account.
_BESIDE = frozenset({"account.json", "manifest.json"})
# The part of a file's name by which ChatGPT's documents name it.
_ASSET = re.compile(r"file[-_][0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]


class Archive:
    """Use as a context manager. `read_bytes` of `total_bytes` of its documents have been read so far."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._zip: zipfile.ZipFile | None = None
        self._scratch: IO[bytes] | None = None
        self.read_bytes = 0
        file.seek(0)
        is_zip = file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        self.documents = self._in_zip() if is_zip else [Document("", size, self._whole)]
        self.total_bytes = sum(document.size for document in self.documents)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for opened in (self._zip, self._scratch):
            if opened is not None:
                opened.close()

    def count(self, size: int) -> None:
        self.read_bytes += size

    @property
    def progress(self) -> int:
        """Percent."""
        return min(99, 100 * self.read_bytes // max(1, self.total_bytes))

    def find(self, asset: str, name: str = "") -> File:
        """The file that a document names by its id, or by its path in the zip."""
        info = self._assets.get(asset) if self._zip is not None else None
        if info is None:
            return File(name or asset)
        shown = name or PurePosixPath(info.filename).name
        return File(shown, info.file_size, lambda: self._entry(info))

    def keep(self, name: str, data: bytes) -> File:
        """A file that stood within a document, put aside till its message comes in."""
        if self._scratch is None:
            self._scratch = tempfile.TemporaryFile()  # noqa: SIM115  closed as the archive is
        start = self._scratch.seek(0, io.SEEK_END)
        self._scratch.write(data)
        return File(name, len(data), lambda: self._slice(start, len(data)))

    def _whole(self) -> AbstractContextManager[IO[bytes]]:
        self._file.seek(0)
        return nullcontext(self._file)

    def _slice(self, start: int, size: int) -> IO[bytes]:
        assert self._scratch is not None
        self._scratch.seek(start)
        return io.BytesIO(self._scratch.read(size))

    def _in_zip(self) -> list[Document]:
        _check_list(self._file)
        try:
            self._zip = zipfile.ZipFile(self._file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise UnreadableFile(BROKEN_ZIP) from error
        entries = [info for info in self._zip.infolist() if not info.is_dir()]
        self._assets = _assets_of(entries)
        is_account = {info.filename for info in entries} >= _BESIDE
        found = [info for info in entries if _is_document(info.filename, is_account=is_account)]
        main = [info for info in found if _MAIN.fullmatch(PurePosixPath(info.filename).name)]
        chosen = sorted(main or found, key=lambda info: info.filename)
        _check_documents(entries, chosen)
        return [_document(info, self._entry) for info in chosen]

    def _entry(self, info: zipfile.ZipInfo) -> IO[bytes]:
        assert self._zip is not None
        with reading_zip():
            return self._zip.open(info)


def _document(info: zipfile.ZipInfo, open_entry: Callable[[zipfile.ZipInfo], IO[bytes]]) -> Document:
    return Document(info.filename, info.file_size, lambda: open_entry(info))


@contextmanager
def reading_zip() -> Iterator[None]:
    """What goes wrong while an entry is read, said in words."""
    try:
        yield
    except (zipfile.BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UnreadableFile(BROKEN_ZIP) from error


def _is_document(name: str, *, is_account: bool) -> bool:
    """What stands beside the conversations of a Parley account is none, and neither are its files."""
    if is_account and (name in _BESIDE or name.startswith("files/")):
        return False
    return name.lower().endswith(".json") and not name.startswith("__MACOSX/")


def _assets_of(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    assets: dict[str, zipfile.ZipInfo] = {}
    for info in entries:
        assets.setdefault(info.filename, info)
        if found := _ASSET.match(PurePosixPath(info.filename).name):
            assets.setdefault(found[0], info)
    return assets


def _check_list(file: IO[bytes]) -> None:
    """Before anything reads the list of entries into memory, see how long it is."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_BYTES))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise UnreadableFile(BROKEN_ZIP)
    entries, length = struct.unpack("<10xHL", tail[at : at + 16])
    # A zip64 has its numbers elsewhere, and these all ones: its list lies in what is before them.
    if entries == 0xFFFF or length == 0xFFFFFFFF:
        entries, length = _zip64_end(file, size - len(tail) + at)
    if entries > MAX_ENTRIES or length > MAX_LIST_BYTES:
        raise UnreadableFile(Phrase("There are too many files in this zip."))


def _zip64_end(file: IO[bytes], end: int) -> tuple[int, int]:
    file.seek(max(0, end - 20))
    locator = file.read(20)
    if len(locator) < 20 or not locator.startswith(b"PK\x06\x07"):
        return 0xFFFF, 0  # as many as that, and no zip64 at all
    (offset,) = struct.unpack("<8xQ4x", locator)
    file.seek(offset)
    record = file.read(56)
    if len(record) < 56 or not record.startswith(b"PK\x06\x06"):
        raise UnreadableFile(BROKEN_ZIP)
    entries, length = struct.unpack("<32xQQ8x", record)
    return entries, length


def _check_documents(entries: list[zipfile.ZipInfo], chosen: list[zipfile.ZipInfo]) -> None:
    if not chosen:
        if any(info.filename.lower().endswith(".zip") for info in entries):
            raise UnreadableFile(
                Phrase("There is another zip in this zip. Unpack it, and send the inner one.")
            )
        raise UnreadableFile(Phrase("There are no conversations in this zip: no file in it ends in “.json”."))
    if any(info.flag_bits & _ENCRYPTED for info in chosen):
        raise UnreadableFile(Phrase("This zip is locked with a password. Unpack it first."))
    is_bomb = any(
        info.file_size > RATIO_FROM_BYTES and info.file_size > MAX_RATIO * info.compress_size
        for info in chosen
    )
    if is_bomb or sum(info.file_size for info in chosen) > MAX_UNPACKED:
        raise UnreadableFile(Phrase("Unpacked, this zip would be far too large."))
