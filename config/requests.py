"""Requests as Daphne takes them in, but for their bodies: those stay in their files.

Twisted reads each form for itself, on the event loop and in 13 times its size of memory (300 MB: 35 s and
3.9 GB), whoever sent it and whatever it was sent to; then Daphne puts the whole body into a queue.
"""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote

from daphne.http_protocol import WebRequest
from daphne.server import Server as DaphneServer

from chat.http.sizes import BODY, IS_CUT, limit_of


class Request(WebRequest):  # type: ignore[misc]  # it has no types
    """What is beyond the limit of its path is read, so that the client hears the answer, and dropped."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parsePOSTFormSubmission = False
        self.body: Any = None
        self.content: Any = None
        self._room = 0

    @property
    def is_cut(self) -> bool:
        return self._room < 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        path: bytes = getattr(self.channel, "_path", b"/")
        self._room = limit_of(unquote(path.partition(b"?")[0].decode("latin-1")))

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._room -= len(data)
        if not self.is_cut:
            super().handleContentChunk(data)

    def process(self) -> Any:
        # A socket's handshake is read again by another protocol.
        if not self.requestHeaders.hasHeader(b"Upgrade"):
            self.body, self.content = self.content, io.BytesIO()
            self.body.seek(0)
        return super().process()


class Server(DaphneServer):  # type: ignore[misc]
    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, Request) and protocol.body is not None:
            scope |= {BODY: protocol.body, IS_CUT: protocol.is_cut}
        return super().create_application(protocol, scope)
