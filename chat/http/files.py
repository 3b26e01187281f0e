"""Files that go out: in pieces, at a pace that a slow client can take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from chat import threads

# Daphne keeps what a slow client has not taken yet, so the pieces go at some 50 MB/s at most.
PIECE_BYTES = 256 * 1024
PIECE_SECONDS = 0.005


def file_answer(
    file: Any, *, name: str, size: int, mime_type: str, is_inline: bool = False, max_age: int = 3600
) -> StreamingHttpResponse:
    """The bytes of a stored file; whatever they are, no browser makes a page of them that runs."""
    disposition = content_disposition_header(as_attachment=not is_inline, filename=name)
    return StreamingHttpResponse(
        _pieces(file),
        content_type=mime_type,
        headers={
            "Content-Disposition": disposition or "attachment",
            "Content-Length": str(size),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": f"private, max-age={max_age}, immutable",
        },
    )


async def _pieces(stored: Any) -> AsyncIterator[bytes]:
    file = await threads.read(stored.open, "rb")
    try:
        while piece := await threads.read(file.read, PIECE_BYTES):
            yield piece
            await asyncio.sleep(PIECE_SECONDS)
    finally:
        file.close()
