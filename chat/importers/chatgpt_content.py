"""What a message of ChatGPT's export says, by the kinds of content that it knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.importers import values
from chat.importers.archive import Archive
from chat.importers.blocks import Call, Result, call_part, result_part
from chat.importers.conversation import File

# Where an answer cites something: from here to there is nothing that a person reads.
_CITED = re.compile("\ue200[^\ue200\ue201]*\ue201")
# More of them than any answer has; each looks through all of the text.
MAX_CITATIONS = 500
POINTERS = frozenset({"image_asset_pointer", "audio_asset_pointer", "video_container_asset_pointer"})


@dataclass(frozen=True, slots=True)
class Content:
    kind: str
    text: str = ""
    parts: tuple[Mapping[str, Any], ...] = ()
    files: tuple[File, ...] = ()
    thoughts: str = ""


def content_of(message: dict[str, Any], parent: str | None, archive: Archive) -> Content:
    """All that a message says, which follows `parent`.

    A call of a tool and its answer are parts, and thoughts go to what follows.
    """
    content = values.mapping(message.get("content"))
    metadata = values.mapping(message.get("metadata"))
    kind = values.line(content.get("content_type"), 60)
    if kind == "thoughts":
        return Content(kind, thoughts=_thoughts(content))
    if kind == "reasoning_recap":  # "Thought for 8 seconds"
        return Content(kind)
    text = _text(kind, content, metadata)
    files = tuple(_files(content, metadata, archive))
    author = values.mapping(message.get("author"))
    recipient = values.line(message.get("recipient"), 120) or "all"
    key = values.key(message.get("id")) or ""
    if author.get("role") == "tool":
        parts = _result(kind, author, parent or "", text) if text or files else ()
        return Content(kind, parts=parts, files=files)
    if author.get("role") == "assistant" and recipient != "all":
        return Content(kind, parts=_call(key, recipient, content, text), files=files)
    if kind == "code":
        language = values.line(content.get("language"), 30)
        text = f"```{'' if language == 'unknown' else language}\n{text}\n```" if text else ""
    return Content(kind, text=text, files=files)


def _call(key: str, tool: str, content: dict[str, Any], text: str) -> tuple[Mapping[str, Any], ...]:
    if not text:
        return ()
    return (call_part(Call(key, tool, _arguments(tool, content, text))),)


def _arguments(tool: str, content: dict[str, Any], text: str) -> dict[str, Any]:
    """The JSON that the tool was given, or the code."""
    try:
        found = json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    language = values.line(content.get("language"), 30)
    if language in ("", "unknown"):
        language = "python" if tool == "python" else ""
    return {"code": text, "language": language} if language else {"input": text}


def _result(kind: str, author: dict[str, Any], call: str, text: str) -> tuple[Mapping[str, Any], ...]:
    name = values.line(author.get("name"), 120) or "tool"
    return (result_part(Result(call, name, text, is_error=kind == "system_error")),)


def _text(kind: str, content: dict[str, Any], metadata: dict[str, Any]) -> str:
    match kind:
        case "tether_quote" | "sonic_webpage":
            head = values.texts([content.get("title"), content.get("url")])
            return values.texts([head, content.get("text")], "\n\n")
        case "tether_browsing_display":
            return values.text(content.get("result")) or values.text(content.get("summary"))
        case "user_editable_context":
            return values.texts([content.get("user_profile"), content.get("user_instructions")], "\n\n")
        case "model_editable_context":
            return values.text(content.get("model_set_context"))
        case "system_error":
            return values.texts([content.get("name"), content.get("text")], ": ")
    parts = content.get("parts")
    said = _said(parts) if isinstance(parts, list) else values.text(content.get("text"))
    return values.text(_without_marks(said, metadata)).strip("\n")


def _said(parts: list[Any]) -> str:
    """The words among the parts, with what was spoken."""
    found = (part if isinstance(part, str) else values.mapping(part).get("text") for part in parts)
    return values.texts((one for one in found if one), "\n\n")


def _without_marks(text: str, metadata: dict[str, Any]) -> str:
    """The text with the links that its citations stand for, and without the marks of the others."""
    if "\ue200" not in text:
        return text
    for one in values.items(metadata.get("content_references"))[:MAX_CITATIONS]:
        reference = values.mapping(one)
        mark, link = reference.get("matched_text"), reference.get("alt")
        if isinstance(mark, str) and "\ue200" in mark:
            text = text.replace(mark, values.text(link))
    return _CITED.sub("", text)


def _thoughts(content: dict[str, Any]) -> str:
    found = content.get("thoughts")
    if isinstance(found, str):
        return values.text(found)
    return values.texts((_thought(one) for one in values.items(found)), "\n\n")


def _thought(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    one = values.mapping(raw)
    summary = values.line(one.get("summary"), 300)
    return values.texts([f"**{summary}**" if summary else None, one.get("content")], "\n\n")


def _files(content: dict[str, Any], metadata: dict[str, Any], archive: Archive) -> Iterable[File]:
    """Pictures that were shown, made or sent, and what else was attached, each once."""
    names = {
        values.key(one.get("id")): values.line(one.get("name"), 255)
        for one in map(values.mapping, values.items(metadata.get("attachments")))
    }
    found: dict[str, File] = {}
    for asset in [*_assets(content, metadata), *names]:
        if asset and asset not in found:
            found[asset] = archive.find(asset, names.get(asset, ""))
    return found.values()


def _assets(content: dict[str, Any], metadata: dict[str, Any]) -> Iterable[str]:
    pointers = [
        part.get("asset_pointer")
        for part in map(values.mapping, values.items(content.get("parts")))
        if values.one_of(part.get("content_type"), POINTERS)
    ]
    results = values.mapping(metadata.get("aggregate_result"))
    pointers += [one.get("image_url") for one in map(values.mapping, values.items(results.get("messages")))]
    for pointer in pointers:
        if isinstance(pointer, str) and pointer:
            # "sediment://file_…#fragment" and "file-service://file-…"; very old ones have the id alone.
            yield pointer.split("://")[-1].split("#")[0]
