"""What a server of tools says, as we keep it: lists of tools, and what came of a call.

Imported with the SDK, on first use.
"""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error
from collections.abc import Iterable

import mcp_types as types

from chat.providers.contract import Media
from chat.tools.cleaning import MAX_DESCRIPTION, MAX_SCHEMA, line, plain
from chat.tools.contract import Listed, Result

MOST_TOOLS = 300
MAX_TOOL_NAME = 200
PICTURES = {"image/png", "image/jpeg", "image/webp", "image/gif"}
MOST_MEDIA = 8


def listed(tools: Iterable[types.Tool]) -> tuple[Listed, ...]:
    """The tools that can be offered: of those with the same name the first, none with an endless schema."""
    found: dict[str, Listed] = {}
    for tool in tools:
        if len(found) == MOST_TOOLS:
            break
        if len(tool.name) <= MAX_TOOL_NAME and tool.name not in found and _is_usable(tool):
            found[tool.name] = _listed(tool)
    return tuple(found.values())


def _is_usable(tool: types.Tool) -> bool:
    try:
        said = json.dumps(tool.input_schema, ensure_ascii=False)
        said.encode()  # PostgreSQL keeps no half of a character, and no NUL, wherever in a schema it stands
        has_nul = r"\u0000" in said.replace(r"\\", "")
        return not has_nul and len(said) <= MAX_SCHEMA and tool.name.isprintable()
    except (ValueError, RecursionError):
        return False


def _listed(tool: types.Tool) -> Listed:
    said = tool.annotations
    return Listed(
        name=tool.name,
        title=line(tool.title or (said.title if said else None) or ""),
        description=plain(tool.description or "", MAX_DESCRIPTION),
        schema=tool.input_schema,
        only_reads=bool(said and said.read_only_hint),
    )


def result_of(said: types.CallToolResult) -> Result:
    """The texts in their order; of what is no text, pictures and PDFs go along, the rest is named."""
    texts: list[str] = []
    media: list[Media] = []
    for block in said.content:
        file = _file(block)
        if file is not None and len(media) < MOST_MEDIA:
            media.append(file)
        elif text := _text(block):
            texts.append(text)
    structured = said.structured_content
    if structured is not None and not texts:
        texts.append(json.dumps(structured, ensure_ascii=False))
    return Result(plain("\n\n".join(texts)), said.is_error, tuple(media), structured)


def _file(block: types.ContentBlock) -> Media | None:
    if isinstance(block, types.ImageContent):
        return _media(block.data, block.mime_type)
    if isinstance(block, types.EmbeddedResource) and isinstance(block.resource, types.BlobResourceContents):
        return _media(block.resource.blob, block.resource.mime_type or "", line(str(block.resource.uri)))
    return None


def _media(data: str, mime_type: str, name: str = "") -> Media | None:
    if mime_type not in PICTURES and mime_type != "application/pdf":
        return None
    try:
        return Media(mime_type, b64decode(data, validate=True), name)
    except (Error, ValueError):
        return None


def _text(block: types.ContentBlock) -> str:
    if isinstance(block, types.TextContent):
        return block.text
    if isinstance(block, types.EmbeddedResource) and isinstance(block.resource, types.TextResourceContents):
        return f"{line(str(block.resource.uri))}:\n{block.resource.text}"
    if isinstance(block, types.ResourceLink):
        return f"[{line(block.title or block.name)}: {line(str(block.uri), 500)}]"
    kind = getattr(block, "mime_type", "") or getattr(getattr(block, "resource", None), "mime_type", "") or ""
    return f"[{line(str(kind)) or 'Something'} that cannot be shown here.]"
