"""Words that are kept in English and read in the reader's language: what is said, and what goes into it.

Programs and rows have the English; beside it goes what a translation needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from django.utils.formats import number_format
from django.utils.translation import gettext

Value = str | float


class Phrase(str):
    """English words that know of what they were made; `make messages` finds its calls."""

    __slots__ = ("msgid", "values")

    msgid: str
    values: Mapping[str, Value]

    def __new__(cls, msgid: str, **values: Value) -> Self:
        phrase = super().__new__(cls, _filled(msgid, values, "{:g}".format))
        phrase.msgid, phrase.values = msgid, values
        return phrase

    def translated(self) -> str:
        """In the language that is spoken here and now."""
        return _filled(gettext(self.msgid), self.values, _localized)


def kept(words: str, clean: Callable[[str], str]) -> dict[str, Any] | None:
    """What of `words` a row keeps for translating it, cleaned; None for words that nobody can translate."""
    if not isinstance(words, Phrase):
        return None
    values = {name: clean(value) if isinstance(value, str) else value for name, value in words.values.items()}
    return {"msgid": words.msgid, "values": values}


def spoken(kept_beside: object, english: str) -> str:
    """A row's words in the reader's language; in English where what is kept beside them does not fit."""
    match kept_beside:
        case {"msgid": str(msgid), "values": dict(values)} if msgid:
            try:
                return Phrase(msgid, **values).translated()
            except (ArithmeticError, KeyError, TypeError, ValueError):
                return english
        case _:
            return english


def _filled(form: str, values: Mapping[str, Value], number: Callable[[float], str]) -> str:
    if not values:
        return form
    return form % {name: value if isinstance(value, str) else number(value) for name, value in values.items()}


def _localized(value: float) -> str:
    return str(number_format(int(value) if value == int(value) else round(value, 3), use_l10n=True))
