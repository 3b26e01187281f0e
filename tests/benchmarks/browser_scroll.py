"""In headless Chromium: scrolling back through 2,000 messages such as models write, a frame at a time."""

from __future__ import annotations

import asyncio

from tests import nursery
from tests.benchmarks.chromium import chromium, cpu_of_tasks, elements, heap_mb, new_context, watched_page
from tests.benchmarks.measuring import Bench, Row, percentile

COUNT = 2000
FILL = """
import sys, django
django.setup()
from django.utils import timezone
from chat.models import Message, Session, User
from chat.rendering import RENDERER_VERSION, render
from tests.chat.rendering.corpus import reply
count = int(sys.argv[1])
owner = User.objects.get(username="alice")
now = timezone.now()
session = Session.objects.create(owner=owner, name="Long", message_count=count, updated_at=now)
rows, parent = [], None
for depth in range(count):
    text = reply(depth, 3 + depth % 9) if depth % 2 else f"Question {depth}: and then?"
    role = "assistant" if depth % 2 else "user"
    row = Message(session=session, parent_id=parent, depth=depth, role=role, content=text)
    row.html_version = RENDERER_VERSION
    row.html, parent = render(text, prefix=row.id.hex), row.id
    rows.append(row)
Message.objects.bulk_create(rows, batch_size=500)
print(session.pk)
"""
# As a person who looks for something scrolls: 30 pixels a frame, which is 1,800 a second.
SCROLL = """
async ([step, least]) => {
  const box = document.getElementById("scroller");
  const frames = [];
  let last = performance.now(), most = 0, passed = 0;
  const next = () => new Promise(requestAnimationFrame);
  const first = () => Number(document.querySelector("#messages > .message").dataset.depth);
  const begun = first();
  while (begun - first() < least && performance.now() < 240000) {
    const now = await next();
    frames.push(now - last);
    last = now;
    box.scrollTop -= step;
    if (frames.length % 30 === 0) most = Math.max(most, document.getElementsByTagName("*").length);
  }
  return { frames, most, passed: begun - first() };
}
"""


async def measure(bench: Bench) -> list[Row]:
    session = (await asyncio.to_thread(bench.server.run, nursery.code, FILL, str(COUNT))).strip()
    async with chromium() as browser:
        if browser is None:
            return []
        page = await watched_page(await new_context(browser, bench))
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Performance.enable")
        await page.goto(f"/chat/{session}/", wait_until="networkidle")
        heap = await heap_mb(devtools)
        async with cpu_of_tasks(browser) as costs:
            found = await page.evaluate(SCROLL, [30, COUNT - 60])
        grown = await heap_mb(devtools) - heap
        nodes = await elements(page)
        tasks = [value for _, value in await page.evaluate("seen.tasks")]
    frames = found["frames"][5:]
    seconds = sum(frames) / 1e3
    return [
        Row("messages scrolled through", found["passed"], ""),
        Row("frames, of 60 a second those missing", max(0.0, 60 - len(frames) / seconds), "", 2),
        Row("frames, longer than 33 ms of 1,000", 1e3 * sum(one > 33.4 for one in frames) / len(frames), ""),
        Row("frame time, p99", percentile(frames, 0.99), "ms", 33.4),
        Row("longest task, of CPU", max(costs), "ms", 33.4),
        Row("tasks of more CPU than a frame has", sum(one > 16.7 for one in costs), "", 3),
        Row("longest task, by the clock", max(tasks, default=0.0), "ms"),
        Row("elements, the most", found["most"], "", 3000),
        Row("elements, at the end", nodes, "", 3000),
        Row("JavaScript heap: growth", grown, "MB", 20),
    ]
