"""How messages begin: enough of each to know it by, and no more of it read."""

from __future__ import annotations

import re

from django.db.models import QuerySet
from django.db.models.functions import Left

from chat.models import Message

CHARS = 200
_MARKUP = re.compile(r"^[ \t]*#+[ \t]*|[*_`~]+|(?<=\])\([^)\s]*\)?|[\[\]]", re.MULTILINE)


def starting(rows: QuerySet[Message]) -> QuerySet[Message]:
    """The rows with the start of their text in place of all of it, for `start_of`."""
    return rows.annotate(start=Left("content", CHARS)).defer("content", "html", "parts")


def start_of(row: Message) -> str:
    """How it begins, without what only marks it up."""
    return unmarked(getattr(row, "start", ""))


def unmarked(start: str) -> str:
    return _MARKUP.sub("", start)
