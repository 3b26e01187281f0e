"""A Chromium of the benchmarks' own, with Alice logged in; what it cost is asked of its own instruments."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from tests.benchmarks.measuring import Bench

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--enable-precise-memory-info",
]  # fmt: skip
SIZE = {"width": 1280, "height": 800}
# Long tasks, layout shifts and slow input, as the browser itself reports them.
WATCH = """
globalThis.seen = { tasks: [], shifts: [], keys: [] };
const KEYS = ["keydown", "keypress", "beforeinput", "input"];
const watch = (type, into, of) => {
  const watcher = new PerformanceObserver((list) => into.push(...list.getEntries().map(of)));
  watcher.observe({ type, buffered: true, durationThreshold: 16 });
};
watch("longtask", seen.tasks, (one) => [one.startTime, one.duration]);
watch("layout-shift", seen.shifts, (one) => [one.startTime, one.hadRecentInput ? 0 : one.value]);
watch("event", seen.keys, (one) => [one.startTime, KEYS.includes(one.name) ? one.duration : 0]);
"""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser | None]:
    """None where there is no Chromium."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        yield None
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        await browser.close()


async def new_context(browser: Browser, bench: Bench) -> BrowserContext:
    """A window that has never been here, but is logged in."""
    context = await browser.new_context(base_url=bench.server.url, viewport=SIZE)  # type: ignore[arg-type]
    name, value = bench.cookie.split("=", 1)
    await context.add_cookies([{"name": name, "value": value, "url": bench.server.url}])
    return context


async def watched_page(context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.add_init_script(WATCH)
    return page


async def heap_mb(devtools: CDPSession) -> float:
    """What JavaScript holds after a collection."""
    await devtools.send("HeapProfiler.collectGarbage")
    metrics: list[dict[str, Any]] = (await devtools.send("Performance.getMetrics"))["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")) / 1e6


async def elements(page: Page) -> int:
    return int(await page.evaluate("document.getElementsByTagName('*').length"))


@asynccontextmanager
async def cpu_of_tasks(browser: Browser) -> AsyncIterator[list[float]]:
    """Milliseconds of CPU of each task of the page's main thread, which a busy machine leaves as they are."""
    devtools = await browser.new_browser_cdp_session()
    heard: list[dict[str, Any]] = []
    has_ended = asyncio.Event()
    devtools.on("Tracing.dataCollected", lambda event: heard.extend(event["value"]))
    devtools.on("Tracing.tracingComplete", lambda _event: has_ended.set())
    config = {"includedCategories": ["toplevel"]}
    await devtools.send("Tracing.start", {"traceConfig": config, "transferMode": "ReportEvents"})
    tasks: list[float] = []
    yield tasks
    await devtools.send("Tracing.end")
    await has_ended.wait()
    tasks += _tasks_of_the_page(heard)


def _tasks_of_the_page(events: list[dict[str, Any]]) -> list[float]:
    """Of all renderers' main threads, the busiest one's."""
    mains = {
        (one["pid"], one["tid"]): list[float]()
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    for one in events:
        if one["name"] == "ThreadControllerImpl::RunTask" and (one["pid"], one["tid"]) in mains:
            mains[one["pid"], one["tid"]].append(one.get("tdur", 0) / 1e3)
    return max(mains.values(), key=sum, default=[])
