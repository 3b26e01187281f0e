"""The questions of a conversation, for a list before it: light rows, so that no message is read twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

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
    for row in _rows(transcript):
        if not transcript.tells(row.role, row.visibility):
            continue
        number += 1
        if row.role == Message.Role.USER:
            words = " ".join(unmarked(row.start).split())
            if len(words) > LONGEST:
                words = words[:LONGEST].rsplit(" ", 1)[0] + "…"
            yield Line(number, f"m-{row.pk.hex}", words, timezone.localtime(row.created_at))
        if number == transcript.most:
            break


def _rows(transcript: Transcript) -> Iterator[Any]:
    start = Case(When(role=Message.Role.USER, then=Left("content", CHARS)), default=Value(""))
    light = Message.objects.annotate(start=start)
    asked = light.values_list("pk", "depth", "role", "visibility", "start", "created_at", named=True)
    return chain.from_iterable(transcript.rows(asked, BATCH))
