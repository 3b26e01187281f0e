"""What a format writes message by message goes into its file in larger pieces, each a call of the system."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

# Bytes that are written at once.
AT_A_TIME = 1 << 16


def in_large_pieces(out: BinaryIO) -> io.BufferedWriter[Any]:
    """To be used with `with`, at whose end all is in `out`, which stays open."""
    return io.BufferedWriter(_Into(out), AT_A_TIME)


class _Into(io.RawIOBase):
    """Of the file it asks for no more than that it can be written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._out.write(data)
