"""One reply in the OpenAI protocol, as OpenAI speaks it and as others do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chat.providers.contract import Called, Delta, Reasoning, Text, Usage
from chat.providers.failures import Failures
from chat.providers.openai_calls import Calls, TooManyCalls
from chat.providers.openai_thoughts import Details
from chat.providers.reading import Reading, count, part

# Of OpenAI's own words the old one for calls.
REASONS = {"function_call": "tool_calls"}


class Reply(Reading):
    def __init__(self, failures: Failures) -> None:
        super().__init__(failures)
        self._calls: Calls | None = None
        self._thoughts: list[str] = []
        self._details = Details()

    def deltas(self, event: dict[str, Any]) -> Iterator[Delta]:
        if error := event.get("error"):
            raise self.failures.event(error)
        if isinstance(model := event.get("model"), str):
            self.model = model
        if usage := event.get("usage"):
            self.usage = read_usage(usage)
        choice = first(event.get("choices"))
        if isinstance(reason := choice.get("finish_reason"), str):
            self.reason = REASONS.get(reason, reason)
        if isinstance(delta := choice.get("delta"), dict):
            yield from self._said(delta)

    def last(self) -> Iterator[Delta]:
        """Calls are whole when the model has ended: pieces of several may come by turns."""
        if self._calls is None:
            return
        for call in self._calls.whole():
            self.has_said = True
            self.reason = "tool_calls" if self.reason in {None, "stop"} else self.reason
            yield Called(call)
        echo: dict[str, Any] = {}
        if self._thoughts:
            # DeepSeek takes no tool's result without them.
            echo["reasoning_content"] = "".join(self._thoughts)
        if details := self._details.whole():
            echo["reasoning_details"] = details
        self.echo = {"openai": echo} if echo else None

    def _said(self, delta: dict[str, Any]) -> Iterator[Delta]:
        detailed = self._details.add(delta.get("reasoning_details"))
        if thought := text_of(delta.get("reasoning_content")):
            self._thoughts.append(thought)
            yield Reasoning(thought)
        elif thought := text_of(delta.get("reasoning")) or detailed:
            yield Reasoning(thought)
        if text := text_of(delta.get("content")) or text_of(delta.get("refusal")):
            self.has_said = self.has_said or not text.isspace()
            yield Text(text)
        if (calls := delta.get("tool_calls")) or delta.get("function_call"):
            self._called(calls, delta.get("function_call"))

    def _called(self, calls: object, old: object) -> None:
        self._calls = self._calls or Calls()
        try:
            for piece in calls if isinstance(calls, list) else ():
                self._calls.add(piece)
            if old:
                self._calls.add({"index": 0, "function": old})
        except TooManyCalls:
            raise self.failures.malformed() from None


def first(choices: object) -> dict[str, Any]:
    choice = choices[0] if isinstance(choices, list) and choices else None
    return choice if isinstance(choice, dict) else {}


def text_of(content: object) -> str:
    """A string almost always; a list of parts from servers with the newer shape; null where there is none."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (piece.get("text") for piece in content if isinstance(piece, dict))
        return "".join(piece for piece in parts if isinstance(piece, str))
    return ""


def read_usage(usage: object) -> Usage | None:
    """DeepSeek and Moonshot tell of the cache beside the other counts, OpenRouter also what went into it."""
    if not isinstance(usage, dict):
        return None
    given, taken = part(usage, "prompt_tokens_details"), part(usage, "completion_tokens_details")
    cached = (given.get("cached_tokens"), usage.get("prompt_cache_hit_tokens"), usage.get("cached_tokens"))
    reasoning = count(taken.get("reasoning_tokens"))
    return Usage(
        count(usage.get("prompt_tokens")),
        _output(usage, reasoning),
        cached_tokens=next((number for value in cached if (number := count(value)) is not None), None),
        cache_write_tokens=count(given.get("cache_write_tokens")),
        reasoning_tokens=reasoning,
    )


def _output(usage: dict[str, Any], reasoning: int | None) -> int | None:
    """xAI counts thoughts beside the output; the total gives it away."""
    given, output = count(usage.get("prompt_tokens")), count(usage.get("completion_tokens"))
    if reasoning and given is not None and output is not None:
        is_beside = count(usage.get("total_tokens")) == given + output + reasoning
        return output + reasoning if is_beside else output
    return output
