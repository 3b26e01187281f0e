"""Who answers where a model does not: what the forms of conversations and templates show and choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from chat.views.choices import SEPARATOR, Choice, split

FIELD = "fallback"
MOST = 3
Fallback = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pick:
    """One of the places; `label` is of one that is not offered any more."""

    number: int
    value: str = ""
    label: str = ""


def picks(fallbacks: Sequence[Fallback], offered: Iterable[Choice]) -> list[Pick]:
    known = {choice.value for choice in offered}
    values = [f"{one['provider']}{SEPARATOR}{one['model']}" for one in fallbacks[:MOST]]
    shown = [
        Pick(number, value, "" if value in known else _label(value)) for number, value in enumerate(values, 1)
    ]
    return [*shown, *(Pick(number) for number in range(len(shown) + 1, MOST + 1))]


def refusal_of(found: Iterable[Fallback], kept: Sequence[Fallback], offered: Iterable[Choice]) -> str:
    """Why these will not do; empty where they do. One that was there before may stay."""
    known = {choice.value for choice in offered}
    new = (f"{one['provider']}{SEPARATOR}{one['model']}" for one in found if one not in kept)
    return "" if known.issuperset(new) else _("That model is not offered any more. Choose another one.")


def of_form(data: QueryDict) -> list[dict[str, str]]:
    """Those that a form names, each once."""
    values = dict.fromkeys(value for value in data.getlist(FIELD)[:MOST] if value)
    pairs = (split(value) for value in values)
    return [{"provider": name[:80], "model": model[:200]} for name, model in pairs if name]


def fallback_texts(fallbacks: Iterable[Fallback]) -> dict[str, str]:
    """The same as one reads it."""
    names = [" · ".join(filter(None, (one["model"], one["provider"]))) for one in fallbacks]
    return {_("If the model does not answer"): "\n".join(names)}


def _label(value: str) -> str:
    return " · ".join(filter(None, reversed(split(value))))
