"""What a format writes message by message goes into the file in larger pieces, each a call of the system."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

# Bytes that are written at once.
AT_A_TIME = 1 << 16


@contextmanager
def in_large_pieces(out: BinaryIO) -> Iterator[io.BufferedWriter[BinaryIO]]:
    """What is written here has gone to `out` at the end; `out` stays open."""
    pieces = io.BufferedWriter(out, AT_A_TIME)
    try:
        yield pieces
        pieces.flush()
    finally:
        pieces.detach()
