"""How much of a request goes on to Django, and from where: a body is read from its file, never held whole."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from django.conf import settings

# Beside the file itself a form has its boundaries and fields.
FORM_OVERHEAD = 64 * 1024
# Where exports of whole accounts are sent to.
IMPORTS = frozenset({"/api/chat/imports", "/imports/"})
PIECE_BYTES = 256 * 1024
# In a request's scope: its body as a file, and that there was more of it than is taken.
BODY, IS_CUT = "parley.body", "parley.is_cut"


def limit_of(path: str) -> int:
    """How many bytes may be sent there."""
    size: int = settings.IMPORT_MAX_BYTES if path in IMPORTS else settings.ATTACHMENT_MAX_BYTES
    return size + FORM_OVERHEAD


def with_size_limit(application: Any, limit_of: Callable[[str], int] = limit_of) -> Any:
    """`application`, with requests that are too large for their path refused.

    One that names its size, and one of which the server has cut the rest away, is answered 413, and
    Django sees nothing of it. Of any other that goes on beyond the limit Django hears that the client left.
    """

    async def limited(scope: dict[str, Any], receive: Any, send: Any) -> None:
        limit = limit_of(scope.get("path", ""))
        if _declared(scope) > limit or scope.get(IS_CUT):
            await _refuse(send, limit)
            return
        read = 0

        async def counted() -> Any:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return {"type": "http.disconnect"} if read > limit else message

        await application(scope, counted, send)

    return limited


def with_body_from_file(application: Any) -> Any:
    """`application`, given the bodies that the server has put into files, piece by piece as it asks."""

    async def from_file(scope: dict[str, Any], receive: Any, send: Any) -> None:
        body = scope.pop(BODY, None)
        if body is None:
            await application(scope, receive, send)
            return

        async def read() -> Any:
            if body.closed:
                return await receive()
            piece = body.read(PIECE_BYTES)
            if has_ended := len(piece) < PIECE_BYTES:
                body.close()
                await receive()  # the server's own word of the body, in which there is nothing
            await asyncio.sleep(0)
            return {"type": "http.request", "body": piece, "more_body": not has_ended}

        with body:
            await application(scope, read, send)

    return from_file


def _declared(scope: dict[str, Any]) -> int:
    length = next((value for key, value in scope["headers"] if key == b"content-length"), b"0")
    return int(length) if length.isdigit() else 0


async def _refuse(send: Any, limit: int) -> None:
    body = json.dumps(
        {
            "type": "about:blank",
            "title": "The request is too large",
            "status": 413,
            "detail": f"At most {limit:,} bytes can be sent at once.",
        }
    ).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
