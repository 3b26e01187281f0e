"""The questions of a conversation, for a list before it: light rows, so that no message is read twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models.functions import Left
from django.utils import timezone
from django.utils.text import Truncator

from chat.models import Message
from chat.starts import CHARS, start_of
from exports.transcript import Transcript

# Rows held at once, each with no more than the start of its text.
BATCH = 1000
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Line:
    """What a person asked, by its start; `number` is that of its entry."""

    number: int
    anchor: str
    words: str
    written_at: datetime


def outline_of(transcript: Transcript) -> Iterator[Line]:
    """In the order of the entries, numbered as they are."""
    number = 0
    for row in _rows(transcript):
        if not transcript.tells(row.role, row.visibility):
            continue
        number += 1
        if row.role == Message.Role.USER:
            words = Truncator(" ".join(start_of(row).split())).chars(LONGEST, truncate="…")
            yield Line(number, f"m-{row.pk.hex}", words, timezone.localtime(row.created_at))


def _rows(transcript: Transcript) -> Iterator[Message]:
    keys = transcript.keys()
    while batch := list(islice(keys, BATCH)):
        rows = transcript.within(Message.objects.live().filter(pk__in=batch))
        light = rows.annotate(start=Left("content", CHARS)).only("role", "visibility", "created_at")
        found = {row.pk: row for row in light}
        yield from (found[key] for key in batch if key in found)
