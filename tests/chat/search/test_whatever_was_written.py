"""Whatever was written, and however: a search finds what a look at every row would find, and nothing else.

Proves B5.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from chat.index import rebuild
from chat.models import SearchEntry, User
from tests.chat.api.trees import cut_small
from tests.chat.search.acting import ACTIONS, WORDS, Crowd
from tests.chat.search.scanning import Wish, library, scan, searched


def wishes(random: Random) -> Iterator[Wish]:
    """For words, for some that stand together, for parts of a script without spaces; and not for others."""
    for _ in range(16):
        words = [random.choice((*WORDS, "本", "駅", "京")) for _ in range(4)]
        wanted = [words[0], f"{words[0]} {words[1]}"][random.random() < 0.3]
        yield Wish(
            (wanted, *words[2 : 2 + (random.random() < 0.3)]), tuple(words[3 : 3 + (random.random() < 0.4)])
        )


def in_the_index() -> list[tuple[object, ...]]:
    columns = ("session", "message", "annotation", "kind", "text", "scope", "words", "brief")
    # What is removed for good from the trash looks temporary until no reply is written there any more.
    rows = SearchEntry.objects.filter(session__is_temporary=False).values_list(*columns)
    return sorted(tuple(str(value) for value in row) for row in rows)


@pytest.mark.parametrize("seed", range(3))
def test_a_search_finds_what_a_look_at_every_row_would_find(
    alice: User, bob: User, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_small(monkeypatch, 2)
    crowd, random = Crowd(seed, alice, bob), Random(seed)
    count = 0
    for _ in range(3):
        for action in ("begin", *random.choices(sorted(ACTIONS), k=60)):
            crowd.do(action)
        for person in (alice, bob):
            texts = library(person)
            for wish in wishes(random):
                found = searched(person, wish.typed, limit=random.randint(2, 20))
                assert found == scan(texts, wish), wish
                count += len(found)
    assert count > 100
    assert not SearchEntry.objects.filter(session__is_temporary=True, session__deleted_at=None).exists()
    before = in_the_index()
    list(rebuild())
    assert in_the_index() == before
