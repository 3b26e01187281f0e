"""How much of a request goes on to Django.

Daphne has taken in the whole body, in a temporary file, before anything here runs: what is refused here
was still sent. Only a proxy in front can stop it earlier.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# Beside the file itself a form has its boundaries and fields.
FORM_OVERHEAD = 64 * 1024


def with_size_limit(application: Any, max_bytes: int, *, larger: Mapping[str, int] | None = None) -> Any:
    """`application`, with requests of more than `max_bytes` (and a form around them) refused.

    `larger` has the limits of paths that take more.

    One that names its size is answered 413, and Django sees nothing of it. One that does not
    (a chunked one) is handed on up to the limit, and then ends as if the client had left: Django
    parses and keeps no more of it, and the client gets no answer.
    """

    async def limited(scope: dict[str, Any], receive: Any, send: Any) -> None:
        limit = (larger or {}).get(scope.get("path", ""), max_bytes) + FORM_OVERHEAD
        if _declared(scope) > limit:
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
