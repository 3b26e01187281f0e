"""The questions of a conversation, for a list before it: light rows, so that no message is read twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Case, Value, When
from django.db.models.functions import Left
from django.utils import timezone

from chat.models import Message
from chat.starts import CHARS, unmarked
from exports.content.transcript import Transcript

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
    for key, role, visibility, start, moment in _rows(transcript):
        if not transcript.tells(role, visibility):
            continue
        number += 1
        if role == Message.Role.USER:
            words = " ".join(unmarked(start).split())
            if len(words) > LONGEST:
                words = words[:LONGEST].rsplit(" ", 1)[0] + "…"
            yield Line(number, f"m-{key.hex}", words, timezone.localtime(moment))
        if number == transcript.most:
            break


def _rows(transcript: Transcript) -> Iterator[tuple[UUID, str, str, str, datetime]]:
    asked = When(role=Message.Role.USER, then=Left("content", CHARS))
    keys = transcript.keys()
    while batch := list(islice(keys, BATCH)):
        rows = transcript.within(Message.objects.live().filter(pk__in=batch))
        start = Case(asked, default=Value(""))
        light = rows.annotate(start=start).values_list("pk", "role", "visibility", "start", "created_at")
        found = {row[0]: row for row in light}
        yield from (found[key] for key in batch if key in found)
