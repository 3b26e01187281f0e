"""In headless Chromium: a reply of 16,000 tokens of Markdown streams while somebody types."""

from __future__ import annotations

import asyncio
import time

from playwright.async_api import Page, expect

from tests.benchmarks.chromium import chromium, cpu_of_tasks, elements, heap_mb, new_context, watched_page
from tests.benchmarks.measuring import Bench, Row, percentile

MODEL = "md16000-r300"
LIMIT = 240.0
TYPED = "the tide comes in and the boats turn "


async def measure(bench: Bench) -> list[Row]:
    session = await bench.new_session(MODEL)
    async with chromium() as browser:
        if browser is None:
            return []
        page = await watched_page(await new_context(browser, bench))
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Performance.enable")
        await page.goto(f"/chat/{session}/")
        await page.fill("#composer-text", "Go on")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-status=streaming]")).to_have_count(1, timeout=20_000)
        heap = await heap_mb(devtools)
        start = float(await page.evaluate("performance.now()"))
        async with cpu_of_tasks(browser) as costs:
            took = await _type_till_the_end(page)
            await asyncio.sleep(1)
        seen = await page.evaluate("seen")
        grown = await heap_mb(devtools) - heap
        nodes = await elements(page)
    tasks, keys, shifts = (
        [value for at, value in seen[name] if at >= start and value] for name in ("tasks", "keys", "shifts")
    )
    return [
        Row(f"{MODEL} on the page: took", took, "s"),
        Row("longest task meanwhile, of CPU", max(costs), "ms", 50),
        Row("longest task meanwhile, by the clock", max(tasks, default=0.0), "ms", 50),
        Row("main thread, of CPU", sum(costs) / took / 10, "%"),
        # Faster ones than 16 ms are not told of.
        Row("typing meanwhile: p95 of the slow keys", percentile(keys, 0.95) if keys else 16.0, "ms", 50),
        Row("layout shift meanwhile", sum(shifts), "", 0.01),
        Row("JavaScript heap: growth", grown, "MB", 20),
        Row("elements at the end", nodes, ""),
    ]


async def _type_till_the_end(page: Page) -> float:
    begun = time.monotonic()
    while await page.locator("[data-status=streaming]").count() and time.monotonic() - begun < LIMIT:
        await page.locator("#composer-text").press_sequentially(TYPED, delay=60)
        await page.fill("#composer-text", "")
    return time.monotonic() - begun
