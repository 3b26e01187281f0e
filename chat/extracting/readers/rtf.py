"""RTF: the text alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from striprtf.striprtf import rtf_to_text

from chat.extracting.contract import Told


def read(file: BinaryIO, told: Told) -> Iterator[str]:
    # Its own letters are ASCII; what others there are is escaped.
    yield rtf_to_text(file.read().decode("cp1252", "replace"), errors="ignore")  # type: ignore[no-untyped-call]
