"""The newest page of a conversation of ten, ten thousand and a million messages, as API and as a page."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

from tests.benchmarks.measuring import Bench, Row, median
from tests.wires import Client

SIZES = (10, 10_000, 1_000_000)
RUNS = 15
# One statement a conversation: a million rows of Python objects would take minutes.
FILL = """
import sys, uuid, django
django.setup()
from django.db import connection, transaction
from django.utils import timezone
from chat.models import Session, User
from chat.rendering import RENDERER_VERSION
count, kind = int(sys.argv[1]), int(sys.argv[2])
owner = User.objects.get(username="alice")
session = Session.objects.create(
    owner=owner, name=f"{count} messages", message_count=count, updated_at=timezone.now()
)
now = timezone.now().strftime("%Y-%m-%d %H:%M:%S.%f")
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute('''
        WITH RECURSIVE n(depth) AS (SELECT 0 UNION ALL SELECT depth + 1 FROM n WHERE depth + 1 < %s)
        INSERT INTO chat_message (
            id, session_id, parent_id, depth, is_active, role, status, visibility, content, parts,
            sent_digest, provider, model, finish_reason, html, html_version, created_at, updated_at
        )
        SELECT printf('%%08x%%024x', %s, depth), %s,
               CASE WHEN depth > 0 THEN printf('%%08x%%024x', %s, depth - 1) END,
               depth, 1, CASE depth %% 2 WHEN 0 THEN 'user' ELSE 'assistant' END, 'complete', 'shown',
               'Message ' || depth || ', which says a little more than its number.', '[]', '', '', '', '',
               '<p>Message ' || depth || ', which says a little more than its number.</p>', %s, %s, %s
        FROM n
    ''', [count, kind, session.pk.hex, kind, RENDERER_VERSION, now, now])
print(session.pk)
"""


async def measure(bench: Bench) -> list[Row]:
    fill = [
        await asyncio.to_thread(bench.server.python, "-c", FILL, str(size), str(kind))
        for kind, size in enumerate(SIZES, 1)
    ]
    sessions = [line.strip() for line in fill]
    rows: list[Row] = []
    for name, client, path in (
        ("API", bench.client, "/api/chat/sessions/{}/messages"),
        ("page", bench.browser, "/chat/{}/"),
    ):
        took = await times(client, [path.format(session) for session in sessions])
        for size, seconds in zip(SIZES, took, strict=True):
            rows.append(Row(f"newest {name} of {size:,} messages", seconds * 1e3, "ms", 500))
        rows.append(Row(f"newest {name}, of a million ÷ of ten", took[-1] / took[0], "×", 1.5))
    ids = [middle(size, kind) for kind, size in enumerate(SIZES, 1)]
    links = [f"/chat/{session}/?at={key}" for session, key in zip(sessions, ids, strict=True)]
    took = await times(bench.browser, links)
    for size, seconds in zip(SIZES, took, strict=True):
        rows.append(Row(f"page at the middle of {size:,} messages", seconds * 1e3, "ms", 500))
    rows.append(Row("page at the middle, of a million ÷ of ten", took[-1] / took[0], "×", 1.5))
    # The last 100,000 messages are read, whatever is found; further back at the next question.
    finds = [f"/chat/{session}/find/?q=nowhere" for session in sessions]
    for size, seconds in zip(SIZES, await times(bench.browser, finds), strict=True):
        rows.append(Row(f"words that are nowhere in {size:,} messages", seconds * 1e3, "ms", 500))
    return rows


def middle(size: int, kind: int) -> UUID:
    """The id that FILL gives to the message in the middle."""
    return UUID(f"{kind:08x}{size // 2:024x}")


async def times(client: Client, paths: list[str]) -> list[float]:
    """The median seconds of each; taken in turns, so that a busy moment hits all alike."""
    seconds: dict[str, list[float]] = {path: [] for path in paths}
    for run in range(RUNS + 1):
        for path in paths:
            begun = time.monotonic()
            answer = await client.get(path)
            assert answer.status == 200, (path, answer.status)
            if run:
                seconds[path].append(time.monotonic() - begun)
    return [median(seconds[path]) for path in paths]
