"""Names in double braces in a text, and what a person puts in their place: plain text, never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

VARIABLE = re.compile(r"\{\{\s*([^\W\d]\w{0,39})\s*\}\}")


def names_in(texts: Iterable[str]) -> list[str]:
    """The names to be filled in, each once, in the order in which they come."""
    return list(dict.fromkeys(match[1] for text in texts for match in VARIABLE.finditer(text)))


def filled_length(text: str, values: Mapping[str, str]) -> int:
    """How long it will be, without making it: 20,000 names of 20,000 characters each fit into one message."""
    names = (match for match in VARIABLE.finditer(text))
    return len(text) + sum(len(values.get(name[1], name[0])) - len(name[0]) for name in names)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its values, in one pass: a name in braces within a value stays as it is."""
    return VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)
