"""Daphne with the engine in its event loop. Importing this installs Twisted's asyncio reactor."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any, cast

import structlog
from daphne import http_protocol
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import twisted_loop
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from django.utils.module_loading import import_string
from twisted.internet import reactor

from chat import toolbox
from chat.generation.engine import Engine
from chat.services import relisting, sweeper
from chat.stream import watch
from config.requests import Request, Server
from config.static import collect_static_files

# A larger frame that comes in closes the socket with 1009.
MAX_FRAME_BYTES = 64 * 1024
log = structlog.get_logger(__name__)


def serve(host: str, port: int, *, on_listening: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT, then let running replies end."""
    collect_static_files()
    http_protocol.WebRequest = Request  # the factory cannot be told
    server: Server = Server(
        # By name: it lists the static files, which lie there only now.
        import_string(settings.ASGI_APPLICATION),
        endpoints=build_endpoint_description_strings(host=host, port=port),
        signal_handlers=False,
        websocket_max_message_size=MAX_FRAME_BYTES,
        websocket_max_frame_size=MAX_FRAME_BYTES,
        server_name="parley",
        ready_callable=lambda: _on_listening(server, on_listening),
    )
    beside = twisted_loop.create_task(_run_beside())
    server.run()
    log.info("server.stopped", cleanly=beside.done())


class WebSocket(WebSocketProtocol):  # type: ignore[misc]  # it has no types
    """What comes in is limited; a long message goes out whole. autobahn has one limit for both."""

    maxMessagePayloadSize: int  # noqa: N815

    def sendMessage(self, *args: Any, **kwargs: Any) -> None:  # noqa: N802
        limit, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(*args, **kwargs)
        finally:
            self.maxMessagePayloadSize = limit


def _on_listening(server: Server, tell: Callable[[], None]) -> None:
    # So that whoever sends too large a frame is told so (1009), not just cut off.
    server.ws_factory.setProtocolOptions(failByDrop=False)
    server.ws_factory.protocol = WebSocket
    tell()


async def _run_beside() -> None:
    engine = Engine(watch.run, sweeper.run, relisting.run, toolbox.run)
    asked_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)
    try:
        await engine.start()
        await asked_to_end.wait()
        log.info("server.draining")
        await engine.stop()
    except Exception:
        log.exception("server.failed")
    finally:
        cast(Any, reactor).stop()
