"""One reply of Gemini, from the chunks that Google's library makes of it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator

from google.genai import types

from chat.providers.contract import Called, Delta, Finish, Reasoning, Text, ToolCall, Usage
from chat.providers.failures import Failures
from chat.providers.openai_calls import new_id

FILTERED = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE"}


class Reply:
    def __init__(self, failures: Failures) -> None:
        self._failures = failures
        self._has_said = False
        self._has_called = False
        self._reason: str | None = None
        self._usage: Usage | None = None
        self._model: str | None = None
        self._signatures: dict[str, str] = {}

    @property
    def is_whole(self) -> bool:
        """The model is finished, whatever becomes of the connection now."""
        return self._reason is not None

    def feed(self, chunk: types.GenerateContentResponse) -> Iterator[Delta]:
        self._model = chunk.model_version or self._model
        if chunk.usage_metadata is not None:
            self._usage = read_usage(chunk.usage_metadata)
        feedback = chunk.prompt_feedback
        if feedback is not None and feedback.block_reason is not None:
            self._reason = "content_filter"
        candidate = chunk.candidates[0] if chunk.candidates else None
        if candidate is None:
            return
        for part in (candidate.content and candidate.content.parts) or ():
            yield from self._part(part)
        if candidate.finish_reason is not None:
            self._reason = reason_of(candidate.finish_reason.value)

    def close(self) -> Iterator[Delta]:
        """What the end of the stream means: the last delta, or the error that it was."""
        if self._reason is None:
            raise self._failures.cut_off()
        if not self._has_said:
            raise self._failures.empty(self._reason)
        reason = "tool_calls" if self._has_called and self._reason == "stop" else self._reason
        echo = {"google": self._signatures} if self._signatures else None
        yield Finish(reason, self._usage, self._model, echo)

    def _part(self, part: types.Part) -> Iterator[Delta]:
        key = "text"
        if part.text and part.thought:
            yield Reasoning(part.text)
        elif part.text:
            self._has_said = self._has_said or not part.text.isspace()
            yield Text(part.text)
        elif part.function_call is not None and part.function_call.name:
            key = part.function_call.id or new_id()
            self._has_said = self._has_called = True
            arguments = json.dumps(part.function_call.args or {}, ensure_ascii=False)
            yield Called(ToolCall(key, part.function_call.name, arguments))
        if part.thought_signature and not part.thought:
            self._signatures[key] = b64encode(part.thought_signature).decode()


def reason_of(word: str) -> str:
    if word == "STOP":
        return "stop"
    if word == "MAX_TOKENS":
        return "length"
    return "content_filter" if word in FILTERED or word.startswith("IMAGE_") else word.lower()


def read_usage(usage: types.GenerateContentResponseUsageMetadata) -> Usage:
    """Their output is what no thought had to do with; ours is all. What tools gave is part of our input."""
    said, thought = usage.candidates_token_count, usage.thoughts_token_count
    prompt, results = usage.prompt_token_count, usage.tool_use_prompt_token_count
    return Usage(
        None if prompt is None else prompt + (results or 0),
        None if said is None and thought is None else (said or 0) + (thought or 0),
        cached_tokens=usage.cached_content_token_count,
        reasoning_tokens=thought,
    )
