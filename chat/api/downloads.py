"""What the schema says of operations that answer with a file: all of it, or the part that is asked for."""

from __future__ import annotations

from typing import Any

BYTES = {"type": "string", "format": "binary"}
_EXAMPLE_TAG = '"9a0364b9e99bb480dd25e1f0284c8555"'
_HEADERS = {
    "Accept-Ranges": {
        "description": "That parts can be asked for.",
        "schema": {"type": "string"},
        "example": "bytes",
    },
    "ETag": {
        "description": "For If-Range: it is the same file.",
        "schema": {"type": "string"},
        "example": _EXAMPLE_TAG,
    },
}
_PART = {
    "Content-Range": {
        "description": "Which bytes of how many.",
        "schema": {"type": "string"},
        "example": "bytes 1000-47999/48000",
    }
}


def download_of(what: str) -> dict[str, Any]:
    """For `openapi_extra`."""
    content = {"*/*": {"schema": BYTES, "example": what}}
    return {
        "parameters": [
            _header("Range", "One part, as “bytes=1000-”; another form is not heeded.", "bytes=1000-"),
            _header("If-Range", "The ETag of what you have: of another file comes all.", _EXAMPLE_TAG),
        ],
        "responses": {
            200: {"description": what, "headers": _HEADERS, "content": content},
            206: {"description": "The part.", "headers": {**_HEADERS, **_PART}, "content": content},
        },
    }


def _header(name: str, words: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "examples": [example]}
    return {"in": "header", "name": name, "description": words, "schema": schema}
