"""In headless Chromium: what a first visit carries, and when the newest of 10,000 messages is seen."""

from __future__ import annotations

from playwright.async_api import BrowserContext

from tests.benchmarks.chromium import chromium, elements, new_context
from tests.benchmarks.measuring import Bench, Row, median

COUNT = 10_000
RUNS = 9
# Milliseconds from the start of the navigation to the frame in which the last message is on the screen.
SHOWN = """
globalThis.shown = new Promise((tell) => {
  const look = () => {
    const last = [...document.querySelectorAll("#messages > .message")].at(-1);
    const isThere = document.readyState !== "loading" && last?.getBoundingClientRect().top < innerHeight;
    requestAnimationFrame(isThere ? () => tell(performance.now()) : look);
  };
  look();
});
"""


async def measure(bench: Bench) -> list[Row]:
    session = await bench.fill(COUNT, 1)
    async with chromium() as browser:
        if browser is None:
            return []
        first = [await _visit(await new_context(browser, bench), path) for path in ("/", f"/chat/{session}/")]
        context = await new_context(browser, bench)
        times, nodes = await _open(context, f"/chat/{session}/")
    rows = []
    for name, (requests, size) in zip(("the start", "a conversation"), first, strict=True):
        rows.append(Row(f"first visit of {name}: on the wire", size / 1e3, "kB", 150))
        rows.append(Row(f"first visit of {name}: requests", requests, "", 25))
    return [
        *rows,
        Row(f"newest of {COUNT:,} messages on the screen", median(times), "ms", 500),
        Row(f"newest of {COUNT:,} messages: elements", nodes, "", 3000),
    ]


async def _visit(context: BrowserContext, path: str) -> tuple[int, int]:
    """Requests, and bytes with all headers, of a browser whose cache is empty."""
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Network.enable")
    requests: set[str] = set()
    sizes: list[int] = []
    devtools.on("Network.requestWillBeSent", lambda event: requests.add(event["requestId"]))
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await page.goto(path, wait_until="networkidle")
    await context.close()
    return len(requests), sum(sizes)


async def _open(context: BrowserContext, path: str) -> tuple[list[float], int]:
    page = await context.new_page()
    await page.add_init_script(SHOWN)
    times = []
    for _ in range(RUNS + 1):
        await page.goto("about:blank")
        await page.goto(path)
        times.append(float(await page.evaluate("shown")))
    return times[1:], await elements(page)
