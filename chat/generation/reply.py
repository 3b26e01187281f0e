"""A reply that this process is writing: what has come, and what of it is saved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from chat.beside import Margin
from chat.generation.chain import Chain
from chat.generation.choice import Candidate
from chat.models import Message, SentPrompt, Session
from chat.providers.contract import Usage
from chat.snapshot import MessageView
from chat.text import clean_text


@dataclass(frozen=True)
class Assignment:
    """A claimed generation with all that its run needs from the database."""

    generation_id: UUID
    message: Message
    alternatives: tuple[UUID, ...]
    session: Session
    # Who is asked, in this order, until one answers; then `further` ones, if there is that.
    candidates: tuple[Candidate, ...]
    # Why no provider could be chosen, in words for the person.
    problem: str = ""
    # Providers of whom a success is news: they have failed of late.
    ailing: frozenset[str] = frozenset()
    # Finds those that stand in where these fail; from a thread that may read the database.
    further: Callable[[], Chain] | None = None
    # Whom it is counted for.
    requested_by: UUID | None = None


class Intake:
    """One kind of text: pieces wait in `take()` until they are saved."""

    def __init__(self) -> None:
        self.saved: list[str] = []
        self.saved_length = 0
        # Whether anything came that is shown, or will be with the next tick.
        self.has_any = False
        self._waiting: list[str] = []
        self._held = ""

    def add(self, text: str) -> None:
        """Add what came; the first half of a surrogate pair or of CR LF is held until its other half."""
        text = self._held + text
        self._held = text[-1] if text and (text[-1] == "\r" or "\ud800" <= text[-1] <= "\udbff") else ""
        if self._held:
            text = text[:-1]
        if text := clean_text(_joined(text)):
            self._waiting.append(text)
            self.has_any = True

    def close(self) -> None:
        """Nothing more comes: what was held goes in as it is."""
        held, self._held = self._held, ""
        if held:
            self._waiting.append(clean_text(held))
            self.has_any = True

    def take(self) -> str:
        text = "".join(self._waiting)
        self._waiting.clear()
        return text

    def put_back(self, text: str) -> None:
        """Saving `text` failed: it waits again, ahead of all that came since."""
        if text:
            self._waiting.insert(0, text)

    def keep(self, text: str) -> None:
        self.saved.append(text)
        self.saved_length += len(text)

    @property
    def has_waiting(self) -> bool:
        return bool(self._waiting)

    @property
    def text(self) -> str:
        """All that is saved."""
        return "".join(self.saved)


def _joined(text: str) -> str:
    """Join surrogates that came as two characters into the one that they stand for."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class Reply:
    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.message = assignment.message
        self.text = Intake()
        self.reasoning = Intake()
        self.has_begun = False
        # Who is asked now, and who could go on where that one breaks off in the middle.
        self.candidate: Candidate | None = None
        self.rest: tuple[Candidate, ...] = ()
        self.ailing = assignment.ailing
        self.deltas = 0
        self.usage: Usage | None = None
        # What attempts took that came to nothing, and are paid for all the same.
        self.wasted: list[tuple[Candidate, Usage]] = []
        # What the model was given, once it was; saved with the first words.
        self.sent_prompt: SentPrompt | None = None
        # What people had put beside it when its first words were saved.
        self.margin = Margin()
        self.finish_reason = ""
        # Who answers, in the provider's own words where it says so.
        self.model = self.message.model
        self.started = time.monotonic()
        self.first_token: float | None = None
        # How it is to end although the provider has not ended it: stopped or interrupted.
        self.cut_as: Message.Status | None = None
        self.is_reading = False
        self.is_ending = False
        self.task: asyncio.Task[None] | None = None

    def add_text(self, text: str) -> None:
        self._count()
        self.text.add(text)

    def add_reasoning(self, text: str) -> None:
        self._count()
        self.reasoning.add(text)

    def _count(self) -> None:
        self.deltas += 1
        if self.first_token is None:
            self.first_token = time.monotonic()

    def begin_anew(self) -> None:
        """Nothing of what came can be seen, and it is asked for once more."""
        self.text, self.reasoning = Intake(), Intake()
        self.deltas, self.first_token = 0, None
        self.usage, self.finish_reason, self.sent_prompt = None, "", None

    def waste(self, candidate: Candidate) -> None:
        """It was answered with nothing."""
        if self.usage is not None:
            self.wasted.append((candidate, self.usage))
            self.usage = None

    @property
    def has_words(self) -> bool:
        return self.text.has_any or self.reasoning.has_any

    @property
    def has_waiting(self) -> bool:
        return self.text.has_waiting or self.reasoning.has_waiting

    @property
    def is_urgent(self) -> bool:
        """Its first token is here and nobody has seen it yet."""
        return not self.has_begun and self.has_waiting

    def cut(self, status: Message.Status = Message.Status.STOPPED) -> None:
        """End it now, as stopped or interrupted; what has come is kept."""
        if self.cut_as is None and not self.is_ending:
            self.cut_as = status
            # A task that is cancelled before its first step never runs, and would never end the reply.
            if self.is_reading and self.task is not None:
                self.task.cancel()

    def view(self) -> MessageView:
        """As far as it is saved; no query."""
        return MessageView(
            self.message,
            content=self.text.text,
            reasoning=self.reasoning.text,
            alternatives=self.assignment.alternatives,
            reactions=self.margin.reactions,
            annotations=self.margin.annotations,
        )
