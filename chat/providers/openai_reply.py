"""One reply in the OpenAI protocol: bytes in, deltas out. Knows no network, so tests can cut it anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chat.providers.contract import Delta, Finish, Reasoning, Text, Usage
from chat.providers.failures import Failures
from chat.providers.sse import DataLines, LineTooLong

_decode = json.JSONDecoder().decode
# More tokens than any reply has; what a server says beyond is no count.
MAX_COUNT = 2**31 - 1


class Reply:
    def __init__(self, failures: Failures) -> None:
        self._failures = failures
        self._lines = DataLines()
        self._saw_event = False
        self._saw_text = False
        self._reason: str | None = None
        self._usage: Usage | None = None
        self._model: str | None = None
        self.is_done = False

    @property
    def is_whole(self) -> bool:
        """The model is finished, whatever becomes of the connection now."""
        return self.is_done or self._reason is not None

    def feed(self, chunk: bytes) -> Iterator[Delta]:
        """Raises ProviderError in its place: after the deltas that came before what is wrong."""
        try:
            for data in self._lines.feed(chunk):
                yield from self._event(data)
        except LineTooLong:
            raise self._failures.malformed() from None

    def close(self) -> Iterator[Delta]:
        """What the end of the stream means: the last delta, or the error that it was."""
        for data in self._lines.close():
            yield from self._event(data)
        if not self._saw_event:
            raise self._failures.not_a_stream()
        if not self.is_whole:
            raise self._failures.cut_off()
        if not self._saw_text:
            raise self._failures.empty(self._reason)
        yield Finish(self._reason, self._usage, self._model)

    def _event(self, data: bytes) -> Iterator[Delta]:
        if not data or self.is_done:
            return
        self._saw_event = True
        if data == b"[DONE]":
            self.is_done = True
            return
        try:
            event = _decode(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise self._failures.malformed() from None
        if isinstance(event, dict):
            yield from self._deltas(event)

    def _deltas(self, event: dict[str, Any]) -> Iterator[Delta]:
        if error := event.get("error"):
            raise self._failures.event(error)
        if isinstance(model := event.get("model"), str):
            self._model = model
        if usage := event.get("usage"):
            self._usage = read_usage(usage)
        choice = first(event.get("choices"))
        if isinstance(reason := choice.get("finish_reason"), str):
            self._reason = reason
        if isinstance(delta := choice.get("delta"), dict):
            if thought := text_of(delta.get("reasoning_content")) or text_of(delta.get("reasoning")):
                yield Reasoning(thought)
            if text := text_of(delta.get("content")) or text_of(delta.get("refusal")):
                self._saw_text = self._saw_text or not text.isspace()
                yield Text(text)


def first(choices: object) -> dict[str, Any]:
    choice = choices[0] if isinstance(choices, list) and choices else None
    return choice if isinstance(choice, dict) else {}


def text_of(content: object) -> str:
    """A string almost always; a list of parts from servers with the newer shape; null where there is none."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def read_usage(usage: object) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    return Usage(count(usage.get("prompt_tokens")), count(usage.get("completion_tokens")))


def count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT
    return value if is_count and isinstance(value, int) else None
