"""Who answers where a model does not: what the forms of conversations and templates show and choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat.views.choices import SEPARATOR, Choice, split

FIELD = "fallback"
MOST = 3
Fallback = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pick:
    """One of the places; `label` is of one that is not offered any more."""

    number: int
    options: SafeString
    value: str = ""
    label: str = ""


def picks(fallbacks: Sequence[Fallback], offered: Sequence[Choice]) -> list[Pick]:
    known = {choice.value for choice in offered}
    options = _options(offered)
    values = [f"{one['provider']}{SEPARATOR}{one['model']}" for one in fallbacks[:MOST]]
    values += [""] * (MOST - len(values))
    return [
        Pick(
            number, _with_chosen(options, value), value, "" if not value or value in known else _label(value)
        )
        for number, value in enumerate(values, 1)
    ]


def _options(offered: Sequence[Choice]) -> SafeString:
    """Made once for all places: there may be hundreds."""
    groups = (
        (name, format_html_join("", '<option value="{}">{}</option>', ((c.value, c.name) for c in group)))
        for name, group in groupby(offered, key=lambda choice: choice.provider)
    )
    return format_html_join("", '<optgroup label="{}">{}</optgroup>', groups)


def _with_chosen(options: SafeString, value: str) -> SafeString:
    one = format_html('<option value="{}"', value)
    return SafeString(options.replace(f"{one}>", f"{one} selected>", 1)) if value else options


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
