"""What an importer makes of a conversation of another place: plain values, checked, which no table knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

from chat.phrases import Phrase


class Damaged(Exception):
    """This conversation cannot be brought in, for a reason in words; the others can."""

    def __init__(self, words: Phrase, *, name: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.name = name


@dataclass(frozen=True, slots=True)
class File:
    """A file beside a message; without `open` the export names it and does not hold it."""

    name: str
    size: int = 0
    open: Callable[[], IO[bytes]] | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    content: str
    edited_at: datetime | None
    user: str


@dataclass(frozen=True, slots=True)
class Given:
    """An emoji that somebody gave a message."""

    emoji: str
    user: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A note on a message, or on the code points of it from `start` to `end`."""

    key: str
    body: str
    user: str
    start: int | None
    end: int | None
    quote: str
    prefix: str
    suffix: str
    created_at: datetime | None
    edited_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A message in its tree. One without a role only holds those together that are above and below it.

    `carries` is what was thought before the reply that follows, where the other place keeps it apart.
    """

    key: str
    parent: str | None = None
    role: str = ""
    content: str = ""
    parts: tuple[Mapping[str, Any], ...] = ()
    carries: str = ""
    status: str = "complete"
    visibility: str = "shown"
    provider: str = ""
    model: str = ""
    finish_reason: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: Decimal | None = None
    first_token_ms: int | None = None
    duration_ms: int | None = None
    tokens_per_second: float | None = None
    tried: tuple[Mapping[str, Any], ...] = ()
    # The replies that it was merged from.
    merged_from: tuple[Mapping[str, Any], ...] = ()
    error: Mapping[str, Any] | None = None
    # As the contract has them.
    files_given: tuple[Mapping[str, Any], ...] = ()
    origin: str | None = None
    # Where each message says for itself whether it is on show.
    is_active: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None
    files: tuple[File, ...] = ()
    edits: tuple[Edit, ...] = ()
    reactions: tuple[Given, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def weight(self) -> int:
        """Roughly its characters, which is what memory it takes."""
        return len(self.content) + len(self.carries) + sum(len(str(part)) for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """`nodes` have each its parent before it, and all their times; `shown` is the last one on show."""

    key: str
    name: str
    nodes: tuple[Node, ...]
    shown: str | None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    is_starred: bool = False
    is_archived: bool = False
    is_name_typed: bool = True
    tags: tuple[str, ...] = ()
    provider: str = ""
    model: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    fallbacks: tuple[Mapping[str, str], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    total_tokens: int | None = None
    cost: Decimal | None = None
    project: str | None = None
    # Where it left another conversation: that one, its message, and the copy of that here.
    parent: str | None = None
    parent_point: str | None = None
    branch_point: str | None = None
    # What of it could not be brought along.
    notes: tuple[Phrase, ...] = ()
