"""What the list of conversations is filtered by: as an address has it, and as its menu offers it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from chat.listing import SHOWN, ListFilter
from chat.models import User
from chat.query.conditions import CONDITIONS
from chat.query.parsing import parse
from chat.query.partial import filter_text
from chat.search.completion import values_of
from chat.text import clean_text

# Of each kind of filter in the list's menu.
MOST = 12
DAYS = 5
# A filter of which the value is still to be typed.
_BEGUN = re.compile(rf"(?<!\S)-?(?:{'|'.join(CONDITIONS)}):(?!\S)", re.IGNORECASE)


def filter_of(request: HttpRequest) -> ListFilter:
    """What the address asks for; what makes no sense is as nothing."""
    shown, tag = (clean_text(request.GET.get(key, "")).strip()[:200] for key in ("show", "tag"))
    return filter_from(request.GET.get("q", ""), shown=shown if shown in SHOWN else "", tag=tag)


def filter_from(text: str, *, shown: str = "", tag: str = "") -> ListFilter:
    """Words of a title, and of the filters of a search those that are about conversations."""
    text = clean_text(text).strip()[:200]
    query = parse(text)
    known = tuple(one for one in query.filters if one.key in CONDITIONS)
    return ListFilter(text, shown, tag, _BEGUN.sub("", query.without(*known)), known)


@dataclass(frozen=True, slots=True)
class Offered:
    """Filters that are offered: as one types them, and as they are shown."""

    key: str
    title: str
    choices: list[tuple[str, str]]


def offered_filters(user: User) -> list[Offered]:
    """What the list can be filtered by beside tags: of models and providers only where there are several."""
    titles = {
        "project": _("Project"),
        "model": _("Model"),
        "provider": _("Provider"),
        "after": _("Active since"),
    }
    offered = []
    for key, title in titles.items():
        choices = [
            (filter_text(key, value), _shown(key, value, detail)) for value, detail in values_of(user, key)
        ]
        if len(choices) > (key != "project"):
            offered.append(Offered(key, title, choices[: DAYS if key == "after" else MOST]))
    return offered


def _shown(key: str, value: str, detail: str) -> str:
    named = {"today": _("today"), "yesterday": _("yesterday")} if key == "after" else {}
    return detail or named.get(value, value)
