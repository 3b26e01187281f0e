"""Words that are kept in English and read in the reader's language: what is said, and what goes into it.

Programs and rows have the English; beside it goes what a translation needs. It knows no Django: providers
are told apart and built without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

Value = str | float


class Phrase(str):
    """English words that know of what they were made; `make messages` finds its calls."""

    __slots__ = ("msgid", "values")

    msgid: str
    values: Mapping[str, Value]

    def __new__(cls, msgid: str, **values: Value) -> Self:
        phrase = super().__new__(cls, filled(msgid, values, _plainly))
        phrase.msgid, phrase.values = msgid, values
        return phrase


def _plainly(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def kept(words: str, clean: Callable[[str], str]) -> dict[str, Any] | None:
    """What of `words` a row keeps for translating it, cleaned; None for words that nobody can translate."""
    if not isinstance(words, Phrase):
        return None
    values = {name: clean(value) if isinstance(value, str) else value for name, value in words.values.items()}
    return {"msgid": words.msgid, "values": values}


def filled(form: str, values: Mapping[str, Value], number: Callable[[float], str]) -> str:
    """The form with its values put in; `number` writes those that are numbers."""
    if not values:
        return form
    return form % {name: value if isinstance(value, str) else number(value) for name, value in values.items()}
