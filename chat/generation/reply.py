"""A reply that this process is writing: what has come, and what of it is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import reduce
from typing import Any
from uuid import UUID

from chat.beside import Margin
from chat.generation.chain import Chain
from chat.generation.choice import Candidate
from chat.generation.stopwatch import Stopwatch
from chat.models import Message, SentPrompt, Session, User
from chat.parts import Part
from chat.providers.contract import Finish, ToolCall, Usage, added
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
    # The same, as they were when it was asked for.
    asker: User | None = None
    # 0, or its place among several that are made for one question.
    lane: int = 0
    # Of a reply that waited for a person and goes on: as far as it had come.
    begun: Begun | None = None


@dataclass(frozen=True)
class Begun:
    """What of a reply is saved already; `memo` is what it left itself (see Generation)."""

    text: str
    thoughts: str
    tools: tuple[Part, ...]
    memo: Mapping[str, Any]


class Intake:
    """One kind of text: pieces wait in `take()` until they are saved."""

    def __init__(self) -> None:
        self.saved: list[str] = []
        self.saved_length = 0
        # Whether anything came that is shown, or will be with the next tick.
        self.has_any = False
        self._waiting: list[str] = []
        self._held = ""
        self._gap = ""

    def add(self, text: str) -> None:
        """Add what came; the first half of a surrogate pair or of CR LF is held until its other half."""
        if text and self._gap:
            text, self._gap = self._gap + text, ""
        text = self._held + text
        self._held = text[-1] if text and (text[-1] == "\r" or "\ud800" <= text[-1] <= "\udbff") else ""
        if self._held:
            text = text[:-1]
        if text := clean_text(_joined(text)):
            self._waiting.append(text)
            self.has_any = True

    def begin_paragraph(self) -> None:
        """What comes now stands apart from what came before."""
        self._gap = "\n\n" if self.saved_length else ""
        self.has_any = False

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
        # Calls of tools and their results as they are saved, and those that the model makes in this round.
        self.tools: list[Part] = []
        self.calls: list[ToolCall] = []
        self.may_call = True
        # A call was made: what is begun again would make it twice.
        self.has_worked = False
        # What of it no message shows, and what it needs to go on after it waited for a person.
        self.memo: dict[str, Any] = {}
        self.deltas = 0
        # Of each round, as the provider told it.
        self.usages: list[Usage | None] = []
        self.ailing = assignment.ailing
        # What attempts took that came to nothing, and are paid for all the same.
        self.wasted: list[tuple[Candidate, Usage]] = []
        # What the model was given, once it was; saved with the first words.
        self.sent_prompt: SentPrompt | None = None
        # What people had put beside it when its first words were saved.
        self.margin = Margin()
        self.finish_reason = ""
        # Who answers, in the provider's own words where it says so.
        self.model = self.message.model
        self.watch = Stopwatch()
        # How it is to end although the provider has not ended it: stopped or interrupted.
        self.cut_as: Message.Status | None = None
        self.is_reading = False
        self.is_ending = False
        self.task: asyncio.Task[None] | None = None
        if assignment.begun is not None:
            self._take_up(assignment.begun)

    def _take_up(self, begun: Begun) -> None:
        self.text.keep(begun.text)
        self.reasoning.keep(begun.thoughts)
        self.tools = [*begun.tools]
        self.memo = dict(begun.memo)
        self.usages = [usage and Usage(**usage) for usage in begun.memo["usages"]]
        self.watch = Stopwatch(begun.memo.get("watch", {}))
        self.has_begun = self.has_worked = True

    def put_by(self) -> dict[str, Any]:
        """The memo, with all that is needed to go on (see Begun)."""
        usages = [usage and asdict(usage) for usage in self.usages]
        return {**self.memo, "usages": usages, "watch": self.watch.put_by()}

    def add_text(self, text: str) -> None:
        self._count()
        self.text.add(text)

    def add_reasoning(self, text: str) -> None:
        self._count()
        self.reasoning.add(text)

    def _count(self) -> None:
        self.deltas += 1
        self.watch.note_token()

    def add_call(self, call: ToolCall) -> None:
        self._count()
        self.calls.append(call)

    def finish(self, end: Finish) -> None:
        """A round has ended well."""
        self.finish_reason = clean_text(end.reason or "")
        self.model = clean_text(end.model or "") or self.model
        self.usages.append(end.usage)
        if self.calls:
            self.memo = {**self.memo, "echoes": [*self.memo.get("echoes", ()), end.echo]}

    def begin_round(self) -> None:
        """The model is asked: at first, and again with what its tools have answered."""
        self.calls = []
        self.text.begin_paragraph()
        self.reasoning.has_any = False

    def begin_anew(self) -> None:
        """Nothing of what came in this round can be seen, and it is asked for once more."""
        self.calls, self.finish_reason = [], ""
        self.text.has_any = self.reasoning.has_any = False
        if not self.has_begun:
            self.text, self.reasoning = Intake(), Intake()
            self.deltas, self.sent_prompt = 0, None
            self.watch.forget_tokens()

    def waste(self, candidate: Candidate) -> None:
        """It was answered with nothing."""
        if self.usages and (usage := self.usages.pop()) is not None:
            self.wasted.append((candidate, usage))

    @property
    def has_words(self) -> bool:
        """Something of this round can be seen, or will be."""
        return self.text.has_any or self.reasoning.has_any

    @property
    def usage(self) -> Usage | None:
        """That of all rounds: each is paid for. What one of them did not tell is not known of all."""
        return reduce(added, self.usages) if self.usages else None

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

    @property
    def lane(self) -> int:
        return self.assignment.lane

    @property
    def mark(self) -> list[int]:
        """How much has been said and thought, as far as it is saved."""
        return [self.text.saved_length, self.reasoning.saved_length]

    def view(self) -> MessageView:
        """As far as it is saved; no query."""
        self.message.parts = self.tools
        return MessageView(
            self.message,
            content=self.text.text,
            reasoning=self.reasoning.text,
            alternatives=self.assignment.alternatives,
            reactions=self.margin.reactions,
            annotations=self.margin.annotations,
        )
