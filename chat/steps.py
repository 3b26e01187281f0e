"""What a model did on the way to its answer, as one reads it: thoughts and tools, between its texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chat import parts
from chat.parts import Part
from chat.snapshot import MessageView
from chat.text import clean_text

# Characters that a page shows of what a tool was asked or has answered; a result may have 200,000.
MOST_SHOWN = 20_000
# Of the arguments, beside the tool's name.
MOST_BRIEF = 80
# Steps one after the other that stand each by itself; more fold into one line once they are done.
MOST_APART = 4
NOTICED_MS = 100
# What is told of a tool's part otherwise, or not at all.
ABOUT = ("type", "state", "name", "id", "title", "server", "decision", "duration_ms", parts.AT)


@dataclass(slots=True)
class Step:
    """Thoughts, or a tool that was called with what came of it; `arguments` and `result` are laid out."""

    state: str
    thoughts: str = ""
    id: str = ""
    name: str = ""
    server: str = ""
    brief: str = ""
    arguments: str = ""
    result: str = ""
    # Whether somebody has forbidden it, where it was asked.
    decision: str = ""
    duration_ms: int | None = None
    # It is under way: the model thinks, and has not gone on to say anything.
    is_last: bool = False

    @property
    def waits(self) -> bool:
        """For a person, who may forbid it."""
        return self.state == "pending"

    @property
    def is_slow(self) -> bool:
        """It took as long as a person notices."""
        return (self.duration_ms or 0) >= NOTICED_MS

    @property
    def outcome(self) -> str:
        """One of asks, running, done, refused, failed and cut: that it came to no end."""
        if self.state == "error":
            return "refused" if self.decision == "refused" else "failed" if self.result else "cut"
        return {"pending": "asks", "running": "running"}.get(self.state, "done")


@dataclass(frozen=True, slots=True)
class Passage:
    """Some of a message's text, and the steps that were taken before it."""

    steps: Sequence[Step]
    text: str
    is_over: bool = True
    # The last of its message, where thoughts come in.
    is_newest: bool = True

    @property
    def is_folded(self) -> bool:
        return self.is_over and len(self.steps) > MOST_APART

    @property
    def duration_ms(self) -> int:
        """What its tools took, as if none had run beside another; 0 for what nobody notices."""
        took = sum(step.duration_ms or 0 for step in self.steps)
        return took if took >= NOTICED_MS else 0

    @property
    def failures(self) -> int:
        return sum(step.outcome == "failed" for step in self.steps)


def passages_of(view: MessageView, *, with_thoughts: bool = True) -> list[Passage]:
    """A message in the order in which it came about; one at least."""
    message = view.message
    if not message.parts and not view.reasoning:
        return [Passage((), view.content)]
    found = parts.passages(parts_of(view))
    last = len(found) - 1
    made = []
    for number, (before, text) in enumerate(found):
        steps = [step for step in steps_in(before) if with_thoughts or not step.thoughts]
        is_open = message.is_running and number == last and not text
        if steps and is_open:
            steps[-1].is_last = True
        made.append(Passage(steps, text, is_over=not is_open, is_newest=number == last))
    return made


def parts_of(view: MessageView) -> list[Part]:
    """All of a message's parts, in order; where no order is known its text comes last."""
    kept = view.message.parts
    if view.message.is_running:
        return parts.woven(kept, view.content, view.reasoning)
    return kept if parts.is_whole(kept) else [*kept, *parts.with_words(view.content)]


def steps_in(before: Iterable[Part]) -> list[Step]:
    """A call and its result are one step."""
    steps: list[Step] = []
    calls: dict[str, Step] = {}
    for part in before:
        if part["type"] == "reasoning":
            steps.append(Step(part.get("state", "complete"), thoughts=part["text"]))
        elif part["type"] == "tool-result" and (call := calls.pop(parts.word_in(part, "id"), None)):
            call.state, call.result = part["state"], laid_out(part.get("result", ""))
        else:
            steps.append(_step(part))
            calls[steps[-1].id] = steps[-1]
    return steps


def _step(part: Part) -> Step:
    name = parts.word_in(part, "title") or parts.word_in(part, "name") or _("Tool")
    said = said_in(part)
    if part["type"] != "tool-call":
        return Step(part["state"], name=name, result=laid_out(said))
    return Step(
        part["state"],
        id=parts.word_in(part, "id"),
        name=name,
        server=parts.word_in(part, "server"),
        brief=_brief(said),
        arguments=laid_out(said) if said not in ({}, "") else "",
        decision=parts.word_in(part, "decision"),
        duration_ms=took if type(took := part.get("duration_ms")) is int else None,
    )


def said_in(part: Part) -> Any:
    """What a program said of a tool, under whatever names."""
    rest = {key: value for key, value in part.items() if key not in ABOUT}
    return next(iter(rest.values())) if len(rest) == 1 else rest


def laid_out(said: Any, *, most: int | None = MOST_SHOWN) -> str:
    """JSON that one can read, also of a text that is JSON, with at most so many characters."""
    text = _in_lines(said) if isinstance(said, str) else _dumped(said)
    missing = 0 if most is None else len(text) - most
    if missing <= 0:
        return text
    return f"{text[:most]}\n\n" + _("[%(count)s more characters are not shown here.]") % {"count": missing}


def _in_lines(text: str) -> str:
    """What no program could write down again, such as a list in a list in a list, stays as it is."""
    if text[:1] not in ("{", "[") or len(text) > MOST_SHOWN:
        return text
    try:
        return clean_text(_dumped(json.loads(text)))  # it may spell out half a character
    except (ValueError, RecursionError):
        return text


def _dumped(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2)


def _brief(said: Any) -> str:
    """The arguments in a few words."""
    if isinstance(said, dict):
        said = ", ".join(f"{name}: {_short(value)}" for name, value in list(said.items())[:8])
    words = " ".join(_short(said)[: 2 * MOST_BRIEF].split())
    return words if len(words) <= MOST_BRIEF else words[: MOST_BRIEF - 1] + "…"


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
