"""Words of a server, made harmless: no control characters, none that cannot be seen, and not without end."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from chat.text import clean_text

MAX_TEXT = 200_000
MAX_DESCRIPTION = 8_000
MAX_TITLE = 120
MAX_NAME = 64
MAX_SCHEMA = 64_000
# What is shorter is a setting such as “true”, and stands in many words.
SHORTEST_SECRET = 8
# They turn the order of letters around, or carry words that no person sees and every model reads.
_UNSEEN = re.compile(
    "[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_ODD = re.compile(r"[^a-zA-Z0-9_-]+")


def plain(text: str, limit: int = MAX_TEXT) -> str:
    """The text, cut at `limit` characters; what is missing is said at its end."""
    missing = len(text) - limit
    words = _UNSEEN.sub("", clean_text(text[:limit]))
    return f"{words}\n\n[{missing:,} more characters were cut off here.]" if missing > 0 else words


def without(text: str, secrets: Iterable[str]) -> str:
    """The text, with “…” where it says what the server was given in confidence, with its scheme or alone."""
    tokens = {part for secret in secrets for part in (secret, secret.rpartition(" ")[2])}
    for token in sorted(tokens, key=len, reverse=True):
        if len(token) >= SHORTEST_SECRET:
            text = text.replace(token, "…")
    return text


def line(text: str, limit: int = MAX_TITLE) -> str:
    """The text in one line."""
    words = " ".join(_UNSEEN.sub("", clean_text(text[: 4 * limit])).split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


def model_name(server: str, tool: str) -> str:
    """What models call the tool; a digest tells it apart where the name cannot stay as it is."""
    whole = f"{_ODD.sub('_', server).strip('_')}__{tool}" if server else tool
    name = _ODD.sub("_", whole)
    if name == whole and len(name) <= MAX_NAME and name.strip("_"):
        return name
    digest = hashlib.sha256(f"{server}\n{tool}".encode(errors="replace")).hexdigest()[:6]
    return f"{name[: MAX_NAME - 7]}_{digest}"


def fingerprint(name: str, description: str, schema: Any) -> str:
    """Of what a tool says of itself: another one, and it is another tool."""
    said = json.dumps([name, description, schema], sort_keys=True, default=str)
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:32]
