"""Reads one file and ends: what runs in the process of its own.

The file is its standard input; the answer goes to its standard output, a line of JSON and then the body. The
name of the reader is its one argument.
"""

from __future__ import annotations

import json
import os
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from typing import Any, BinaryIO

from chat.extracting import limits
from chat.extracting.confining import confine
from chat.extracting.contract import Extracted, Reader, Told, Unreadable

# As the fonts of symbols have it.
BULLET = "\uf0b7"


def main() -> None:
    name = sys.argv[1]
    # What a library prints must not be taken for the answer.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    module: Any = import_module(f"chat.extracting.readers.{name}")
    confine()
    found = extracted(module, sys.stdin.buffer)
    facts = {key: value for key, value in asdict(found).items() if key != "body"}
    answer.write(json.dumps(facts).encode() + b"\n" + found.body)
    answer.flush()
    os._exit(0)  # taking down what a library has built may take longer than reading did


def extracted(module: Any, file: BinaryIO) -> Extracted:
    """Whatever is wrong with the file, the answer says it."""
    try:
        if picture := getattr(module, "prepare", None):
            return picture(file)  # type: ignore[no-any-return]
        return _text(module.read, file)
    except Unreadable as unreadable:
        return Extracted(problem=unreadable.problem)
    except MemoryError:
        return Extracted(problem="too_large")
    except Exception:
        return Extracted(problem="damaged")


def _text(read: Reader, file: BinaryIO) -> Extracted:
    _refuse_bombs(file)
    told = Told()
    text, is_cut = _gathered(read(file, told))
    if not text.strip():
        raise Unreadable("scanned" if told.unit == "page" else "empty")
    text = text.replace(BULLET, "•")
    return Extracted(text.encode("utf-8", "replace"), told.unit, told.count, is_cut)


def _gathered(pieces: Iterator[str]) -> tuple[str, bool]:
    """As much as may be kept, and whether there is more. What fails midway leaves what came before it."""
    found: list[str] = []
    room, until = limits.MAX_CHARS, time.monotonic() + limits.READING_SECONDS
    try:
        for piece in pieces:
            found.append(piece[:room])
            room -= len(piece)
            if room <= 0 or time.monotonic() > until:
                return "".join(found), True
    except Exception:
        if not "".join(found).strip():
            raise
        return "".join(found), True
    return "".join(found), False


def _refuse_bombs(file: BinaryIO) -> None:
    """An archive says how much it becomes, and nothing reads more of it than it says."""
    if file.read(4) == b"PK\x03\x04":
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
        if len(parts) > limits.PARTS or sum(one.file_size for one in parts) > limits.UNPACKED_BYTES:
            raise Unreadable("packed")
    file.seek(0)


if __name__ == "__main__":
    main()
