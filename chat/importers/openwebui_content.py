"""What is in a message of Open WebUI: text with thoughts and tools as blocks of HTML, files, usage."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterable
from typing import Any

from chat.importers import values
from chat.importers.archive import Archive
from chat.importers.blocks import Block, Call, Result, Thought, Words
from chat.importers.conversation import File

_OPENING = re.compile(r'<details type="(reasoning|tool_calls|code_interpreter)"([^<>]*)>')
_CLOSING = "</details>"
_ATTRIBUTE = re.compile(r'([a-z_]+)="([^"]*)"')
_SUMMARY = re.compile(r"\s*<summary>[^<]*</summary>\s*")
_QUOTED = re.compile(r"^> ?", re.MULTILINE)
_CODE = re.compile(r"```(\w*)\n(.*?)\n?```", re.DOTALL)
_DATA_URL = re.compile(r"data:([\w/+.-]+);base64,")
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}


def blocks_of(content: object) -> Iterable[Block]:
    """The text piece by piece. A block that is not closed stays text."""
    text = values.text(content)
    at = 0
    while found := _OPENING.search(text, at):
        end = text.find(_CLOSING, found.end())
        if end < 0:
            break
        yield Words(text[at : found.start()])
        yield from _details(found[1], found[2], text[found.end() : end])
        at = end + len(_CLOSING)
    yield Words(text[at:])


def _details(kind: str, attributes: str, inside: str) -> Iterable[Block]:
    said = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
    body = html.unescape(_SUMMARY.sub("", inside, count=1).strip())
    if kind == "reasoning":
        yield Thought(_QUOTED.sub("", body))
        return
    call_id = values.line(said.get("id"), 120)
    if kind == "code_interpreter":
        code = _CODE.search(body)
        name, result = "python", said.get("output")
        arguments: Any = {"code": code[2] if code else body, "language": (code and code[1]) or "python"}
    else:
        name, result = values.line(said.get("name"), 120), said.get("result") or body or None
        arguments = _from_json(said.get("arguments") or "{}")
    yield Call(call_id, name, arguments)
    if result:
        yield Result(call_id, name, _from_json(result))


def _from_json(text: str) -> Any:
    """A value that was written as JSON, in older versions twice; else the text."""
    found: Any = text
    for _ in range(2):
        try:
            found = json.loads(found) if isinstance(found, str) else found
        except (ValueError, RecursionError):
            return found
    return found


def files_of(message: dict[str, Any], archive: Archive) -> Iterable[File]:
    """Pictures within the document, and the text of documents; of the rest there is only the name."""
    for number, one in enumerate(map(values.mapping, values.items(message.get("files"))), 1):
        url = one.get("url")
        kept = values.mapping(one.get("file"))
        name = values.line(one.get("name"), 255) or values.line(kept.get("filename"), 255)
        content = values.mapping(kept.get("data")).get("content")
        if isinstance(url, str) and (found := _DATA_URL.match(url)):
            yield _picture(found[1], url[found.end() :], name or f"picture-{number}", archive)
        elif isinstance(content, str) and content:
            yield archive.keep(f"{name or 'document'}.txt", content.encode("utf-8", "replace"))
        elif one.get("type") in ("file", "image"):
            yield File(name or f"file-{number}")


def _picture(mime_type: str, encoded: str, name: str, archive: Archive) -> File:
    suffix = SUFFIXES.get(mime_type, "")
    name = name if name.endswith(suffix) else name + suffix
    try:
        return archive.keep(name, base64.b64decode(encoded))
    except (binascii.Error, ValueError):
        return File(name)


def usage_of(message: dict[str, Any]) -> dict[str, Any]:
    """What a reply took, by the names that the model servers give it."""
    usage = values.mapping(message.get("usage")) or values.mapping(message.get("info"))
    usage = values.mapping(usage.get("usage")) or usage
    nanoseconds = values.number(usage.get("total_duration"))
    sent = ("prompt_tokens", "input_tokens", "prompt_eval_count")
    made = ("completion_tokens", "output_tokens", "eval_count")
    return {
        "input_tokens": _first(usage, sent),
        "output_tokens": _first(usage, made),
        "duration_ms": values.count(nanoseconds / 1e6) if nanoseconds else None,
        "tokens_per_second": values.number(usage.get("response_token/s")),
    }


def _first(usage: dict[str, Any], names: Iterable[str]) -> int | None:
    return next((found for name in names if (found := values.count(usage.get(name))) is not None), None)
