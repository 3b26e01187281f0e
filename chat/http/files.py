"""Files that go out: in pieces, at a pace that a slow client can take, from where a download broke off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from chat import threads
from chat.http.problems import problem
from chat.http.ranges import asked_part, is_head

# Daphne keeps what a slow client has not taken yet, so the pieces go at some 50 MB/s at most.
PIECE_BYTES = 256 * 1024
PIECE_SECONDS = 0.005


def file_answer(
    request: HttpRequest,
    file: Any,
    *,
    name: str,
    size: int,
    mime_type: str,
    is_inline: bool = False,
    max_age: int = 3600,
) -> HttpResponseBase:
    """The bytes of a stored file; whatever they are, no browser makes a page of them that runs."""
    tag = _tag(file, size)
    part = asked_part(request, size, tag)
    if part is not None and not part:
        return problem(416, headers={"Content-Range": f"bytes */{size}"})
    sent = range(size) if part is None else part
    disposition = content_disposition_header(as_attachment=not is_inline, filename=name)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={max_age}, immutable",
        "Content-Disposition": disposition or "attachment",
        "Content-Length": str(len(sent)),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Type": mime_type,
        "ETag": tag,
        "X-Content-Type-Options": "nosniff",
    }
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    if is_head(request):
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(_pieces(file, sent), status=200 if part is None else 206, headers=headers)


def begins_late(answer: HttpResponseBase) -> bool:
    """Whether it is the rest of a file whose beginning went out before."""
    return not answer.get("Content-Range", "bytes 0-").startswith("bytes 0-")


def _tag(file: Any, size: int) -> str:
    """A file in the storage is never written twice, so that its name stands for what it holds."""
    return f'"{sha256(f"{file.name}:{size}".encode()).hexdigest()[:32]}"'


async def _pieces(stored: Any, sent: range) -> AsyncIterator[bytes]:
    file = await threads.read(stored.open, "rb")
    try:
        await threads.read(file.seek, sent.start)
        left = len(sent)
        while left and (piece := await threads.read(file.read, min(left, PIECE_BYTES))):
            left -= len(piece)
            yield piece
            await asyncio.sleep(PIECE_SECONDS)
        if left:
            raise OSError(f"{stored.name} is shorter than its row says")  # the connection breaks, so it shows
    finally:
        file.close()
