"""How many bytes the page's WebSocket carries for a reply, against the text of the reply."""

from __future__ import annotations

import asyncio

from tests.benchmarks.measuring import Bench, Row, cpu_seconds
from tests.wires import Cut, Socket

MODEL = "md1500-r300"


async def measure(bench: Bench) -> list[Row]:
    session = await bench.new_session(MODEL)
    socket = await bench.browser.socket(session, "after=0")
    reading = asyncio.create_task(read(socket))
    before = cpu_seconds(bench.server.pid)
    text = ""
    async for heard in bench.client.send_and_stream(session, "Hello there"):
        if heard.data.get("type") == "delta":
            text += heard.data["text"]
    await asyncio.sleep(1)
    socket.close()
    reading.cancel()
    size = len(text.encode())
    return [
        Row(
            f"a reply of {size / 1e3:.0f} kB of Markdown on the page: server CPU",
            cpu_seconds(bench.server.pid) - before,
            "s",
        ),
        Row("bytes over the page's socket ÷ text", socket.received / size, "×", 8),
    ]


async def read(socket: Socket) -> None:
    try:
        async for _ in socket.texts():
            pass
    except Cut:
        pass
