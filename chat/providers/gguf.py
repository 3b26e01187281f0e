"""What a model's file says of itself: the head of a GGUF file, read as far as it is needed and no further."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chat.providers.local_file import MAGIC

# The facts come first; the words that the model knows, some megabytes, come after them.
HEAD = 256 * 1024
# By the number that stands for a type: how one value of it is written.
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, ARRAY = 8, 9
Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Header:
    """`context_window` is what the model was trained for."""

    name: str = ""
    context_window: int | None = None


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a folder of models; without a header it is no GGUF file, or cannot be read."""

    path: Path
    size: int
    header: Header | None


def found_files(folder: Path) -> list[FoundFile]:
    """Those called .gguf, by name."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".gguf")
        return [FoundFile(path, path.stat().st_size, read_header(path)) for path in paths if path.is_file()]
    except OSError:
        return []


def read_header(path: Path) -> Header | None:
    """None where it is no GGUF file, or none that can be read."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return None
    if head[: len(MAGIC)] != MAGIC:
        return None
    facts = dict(_facts(head))
    window = facts.get(f"{facts.get('general.architecture')}.context_length")
    name = facts.get("general.name")
    return Header(name if isinstance(name, str) else "", window if isinstance(window, int) else None)


def _facts(head: bytes) -> Iterator[tuple[str, Value]]:
    """As many as the head has, up to the first list, which is of words."""
    try:
        [count] = struct.unpack_from("<Q", head, 16)
        at = 24
        for _ in range(count):
            key, at = _text(head, at)
            [kind] = struct.unpack_from("<I", head, at)
            if kind == ARRAY and key.startswith("tokenizer."):
                return
            value, at = _value(head, at + 4, kind)
            if value is not None:
                yield key, value
    except (struct.error, KeyError):
        return


def _value(head: bytes, at: int, kind: int) -> tuple[Value | None, int]:
    if kind == TEXT:
        return _text(head, at)
    if kind == ARRAY:
        kind, length = struct.unpack_from("<IQ", head, at)
        at += 12
        for _ in range(min(length, HEAD)):
            _skipped, at = _value(head, at, kind)
        return None, at
    written = f"<{NUMBERS[kind]}"
    [value] = struct.unpack_from(written, head, at)
    return value, at + struct.calcsize(written)


def _text(head: bytes, at: int) -> tuple[str, int]:
    [length] = struct.unpack_from("<Q", head, at)
    at += 8
    if at + length > len(head):
        raise struct.error
    return head[at : at + length].decode(errors="replace"), at + length
