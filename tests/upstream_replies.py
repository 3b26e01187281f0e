"""What the fake model server answers, by model name: `replies` gives the text, `steps` the bytes.

n200-r50   200 tokens `t0 ` … `t199 ` at 50 a second (r0: as fast as they go)
md16000-r0 16,000 tokens of Markdown          echo       the last user turn and how many turns came
e401 e403 e404 e429 e500 e503                 that status, with an error in OpenAI's shape
toolong    400, context length                nousage    400 as long as stream_options is sent, then n5
hang       no answer at all; hang5            silence after five tokens; pings5: keep-alive comments instead
drop10     reset after ten tokens; shut10     closed inside a chunk; cut10: ended properly, but unfinished
bad10      broken JSON after ten; err10       an error event; huge10: a line without end
empty      finishes with no text              html redirect gzip   not an event stream at all
muse       thinks the last user turn, then says it; shout: 400, with that turn as the reason
length5    runs into its limit; reason5       five pieces of reasoning, then five tokens
utf8split  characters cut across packets      odd        CRLF, comments, `data:` bare, strange deltas
think5-r10 `hang`s for 1/10 s, then five tokens: a slow first token
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Act = Literal["flush", "hang", "reset", "close", "ping"]
NAME = re.compile(r"^([a-z]+?)(?<!utf)(\d*)(?:-r(\d+))?$")
UNICODE = "naïve – 東京 🙂👩‍👩‍👧 Ωmega."
ECHO = "{text}\n\n({turns} turns)"


@dataclass(frozen=True, slots=True)
class Step:
    """Bytes to send; `is_token` ones keep the pace. Or something to do instead."""

    data: bytes = b""
    is_token: bool = False
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Name:
    mode: str
    count: int
    rate: float

    @classmethod
    def parse(cls, model: str) -> Name:
        if found := NAME.match(model):
            mode, count, rate = found.groups()
            return cls(mode, int(count or 0), float(rate or 0))
        return cls(model, 0, 0.0)


def replies(model: str, messages: list[dict[str, Any]] | None = None) -> list[str]:
    """The tokens of the reply that `model` gives when nothing goes wrong, or until it does."""
    name = Name.parse(model)
    match name.mode:
        case "md":
            return list(itertools.islice(markdown(), name.count))
        case "muse":
            return words(last_said(messages or []))
        case "echo":
            return words(echo(messages or []))
        case "utf8split":
            return [UNICODE]
        case "odd":
            return ["a", "b", "c", "d"]
        case "nousage":
            return numbered(5)
        case _:
            return numbered(name.count)


def numbered(count: int) -> list[str]:
    return [f"t{k} " for k in range(count)]


def words(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text)


def echo(messages: list[dict[str, Any]]) -> str:
    return ECHO.format(text=last_said(messages), turns=len(messages))


def last_said(messages: list[dict[str, Any]]) -> str:
    said = [text_of(m["content"]) for m in messages if m["role"] == "user"]
    return said[-1] if said else ""


def text_of(content: object) -> str:
    """Of a message with files, what it says beside them."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return str(content)


def markdown() -> Iterator[str]:
    """Endless Markdown with every everyday construct, the same each time, in word-sized tokens."""
    for n in itertools.count(1):
        yield from words(SECTION.replace("%", str(n)))


def steps(request: dict[str, Any]) -> Iterator[Step]:
    model, messages = str(request.get("model", "")), request.get("messages", [])
    name, tokens = Name.parse(model), replies(model, messages)
    match name.mode:
        case "hang":
            pass
        case "utf8split":
            yield from split_bytes(delta({"content": UNICODE}))
        case "odd":
            yield from odd()
            return
        case "reason":
            for token in numbered(name.count):
                yield Step(delta({"reasoning_content": token}))
        case "muse":
            for token in tokens:
                yield Step(delta({"reasoning_content": token}))
    if name.mode != "utf8split":
        yield from (Step(delta({"content": token}), is_token=True) for token in tokens)
    yield from ending(name, len(tokens), model)


def ending(name: Name, count: int, model: str) -> Iterator[Step]:
    match name.mode:
        case "hang":
            yield Step(act="hang")
        case "pings":
            for _ in range(1000):
                yield Step(b": still here\n\n", act="ping")
        case "drop":
            yield Step(act="reset")
        case "shut":
            yield Step(act="close")
        case "cut":
            return
        case "bad":
            yield Step(b'data: {"choices":[{"delta":{"content": oh\n\n')
            yield Step(act="hang")
        case "err":
            yield Step(event({"error": {"message": "The engine overheated", "code": 500}}))
            yield Step(act="hang")
        case "huge":
            yield from itertools.repeat(Step(b"data: " + b"x" * 65536), 1000)
        case mode:
            yield from finish("length" if mode == "length" else "stop", count, model)


def finish(reason: str, count: int, model: str) -> Iterator[Step]:
    yield Step(delta({}, reason))
    yield Step(event({"model": model, "choices": [], "usage": usage(count)}))
    yield Step(b"data: [DONE]\n\n")


def usage(count: int) -> dict[str, int]:
    return {"prompt_tokens": 7, "completion_tokens": count, "total_tokens": 7 + count}


def delta(content: dict[str, Any], reason: str | None = None) -> bytes:
    return event({"choices": [{"index": 0, "delta": content, "finish_reason": reason}]})


def event(payload: dict[str, Any]) -> bytes:
    text = json.dumps({"id": "chatcmpl-1", "object": "chat.completion.chunk", **payload}, ensure_ascii=False)
    return b"data: " + text.encode() + b"\n\n"


def split_bytes(data: bytes) -> Iterator[Step]:
    for k in range(0, len(data), 3):
        yield Step(data[k : k + 3])
        yield Step(act="flush")


def odd() -> Iterator[Step]:
    """Everything the event-stream format allows and servers do send."""
    yield Step(b": a comment\r\n\r\nevent: message\r\nid: 1\r\n")
    yield Step(b'data:{"choices":[{"delta":{"role":"assistant","content":null}}]}\r\n\r\n')
    yield Step(
        b'data: {"choices":[{"delta":{"content":"a"}}]}\r\n\r\n'
        b'data:{"choices":[{"delta":{"content":"b"}}]}\n\n'
    )
    yield Step(
        b'data: {"choices":[{"delta":{"content":[{"type":"text","text":"c"}]}}]}\n\ndata: {}\n\ndata:\n\n'
    )
    yield Step(b'data: {"choices":[{"delta":{"content":7}},null]}\n\ndata: {"choices":null}\n\ndata: 3\n\n')
    yield Step(b'data: {"choices":[{"delta":{"content":"d"},"finish_reason":"stop"}]}\r')
    yield Step(act="flush")
    yield Step(b'\n\r\ndata: {"choices":[],"usage":{"prompt_tokens":"many","completion_tokens":4}}\r\n\r\n')
    yield Step(b"data: [DONE]")


SECTION = """## Section %: how the *journal* works

A paragraph with **bold**, `code_%()`, a [link](https://example.org/%) and a footnote[^%]. It goes on for a
while, as replies do: naïve, 東京, 🙂, and the sum $a_% + b^2$ in the middle of a line.
- first item
- second item with ~~struck~~ words
    1. nested, once
    2. nested, twice

- [x] a task that is done
- [ ] one that is not

```python
def section_%(value: int) -> str:
    return f"<b>{value}</b> & more"
```

| name | value |
| --- | ---: |
| row % | %0 |
| other | 1 |

> A quotation, for measure.

[^%]: The note of section %.

"""
