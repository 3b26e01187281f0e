"""Phrases in the language that is spoken here and now."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext

from chat.phrases import Phrase, filled


def translated(phrase: Phrase) -> str:
    return filled(gettext(phrase.msgid), phrase.values, _localized)


def spoken(kept_beside: object, english: str) -> str:
    """A row's words in the reader's language; in English where what is kept beside them does not fit."""
    match kept_beside:
        case {"msgid": str(msgid), "values": dict(values)} if msgid:
            try:
                return translated(Phrase(msgid, **values))
            except (ArithmeticError, KeyError, TypeError, ValueError):
                return english
        case _:
            return english


def _localized(value: float) -> str:
    return str(number_format(int(value) if value == int(value) else round(value, 3), use_l10n=True))
