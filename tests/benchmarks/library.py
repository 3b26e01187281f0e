"""Makes conversations to be searched, and measures searches; to be run within a Parley: see `searching`."""

from __future__ import annotations

import json
import sys
import time
from itertools import accumulate
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from chat.index import entries_of, index_title
from chat.models import Message, SearchEntry, Session, User
from chat.models.ids import new_id
from chat.query.parsing import parse
from chat.search.results import search
from tests.benchmarks.measuring import median

SESSION, BATCH = 100, 2_000
WORDS = 40
RUNS = 15


def fill() -> None:
    """Add so many messages; beside other words they have those that follow, each in so many of them."""
    count, planted = int(sys.argv[1]), json.loads(sys.argv[2])
    random = Random(count)
    vocabulary = [
        "".join(random.choices("abcdefghijklmnoprstuvwy", k=random.randint(3, 9))) for _ in range(20_000)
    ]
    # As in any language: a few words are everywhere, and most nearly nowhere.
    often = list(accumulate(1 / (place + 3) for place in range(len(vocabulary))))
    places: dict[int, list[str]] = {}
    for words, number in planted.items():
        for place in random.sample(range(count), number):
            places.setdefault(place, []).append(words)
    owner = User.objects.get(username="alice")
    for start in range(0, count, BATCH):
        texts = []
        for place in range(start, min(start + BATCH, count)):
            said = random.choices(vocabulary, cum_weights=often, k=WORDS)
            for words in places.get(place, ()):
                said.insert(random.randrange(WORDS), words)
            texts.append(" ".join(said))
        _write(owner, texts)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")  # as it does by itself, later


@transaction.atomic
def _write(owner: User, texts: list[str]) -> None:
    rows: list[Message] = []
    for start in range(0, len(texts), SESSION):
        session = Session.objects.create(
            owner=owner,
            name=" ".join(texts[start].split()[:5]),
            model="some-model",
            updated_at=timezone.now(),
        )
        index_title(session)
        parent = None
        for depth, text in enumerate(texts[start : start + SESSION]):
            role = Message.Role.ASSISTANT if depth % 2 else Message.Role.USER
            row = Message(
                id=new_id(),
                session=session,
                parent=parent,
                depth=depth,
                is_active=True,
                role=role,
                content=text,
            )
            rows.append(row)
            parent = row
    Message.objects.bulk_create(rows)
    SearchEntry.objects.bulk_create(entries_of(rows, {}, {}))


def measure() -> None:
    """Print how long each search takes in seconds, and how many hits it tells of."""
    owner = User.objects.get(username="alice")
    found = {}
    for typed in json.loads(sys.argv[1]):
        seconds = []
        for _run in range(RUNS + 1):
            begun = time.perf_counter()
            results = search(owner, parse(typed))
            seconds.append(time.perf_counter() - begun)
        found[typed] = (median(seconds[1:]), len(results.hits), results.total, results.is_ranked)
    print(json.dumps(found))
