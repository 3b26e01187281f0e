"""The filters of a search as links: those that are on, and what else one might want."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from chat.query.parsing import Filter, Query


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, with the address without it; or one that is offered, with the address with it."""

    label: str
    url: str
    is_on: bool = False


def search_address(text: str, cursor: str = "") -> str:
    """Where the page shows what is found for that."""
    held = {key: value for key, value in (("q", text), ("cursor", cursor)) if value}
    return f"{reverse('search')}?{urlencode(held)}" if held else reverse("search")


def chips_of(query: Query) -> list[Chip]:
    """The filters that are on, then what else one might want."""
    if query.is_empty:
        return []
    asked = {(one.key, one.value) for one in query.filters}
    given = [_chip_of(query, one) for one in query.filters]
    offered = [
        Chip(label, search_address(f"{query.text.strip()} {key}:{value}"))
        for (key, value), label in _offered().items()
        if (key, value) not in asked and not (key == "after" and query.values("after"))
    ]
    return given + offered


def _chip_of(query: Query, one: Filter) -> Chip:
    label = _offered().get((one.key, one.value)) if not one.is_not else None
    written = f"{'-' if one.is_not else ''}{one.key}:{one.value}"
    return Chip(label or written, search_address(query.without(one)), is_on=True)


def _offered() -> dict[tuple[str, str], str]:
    return {
        ("in", "title"): _("Titles"),
        ("from", "me"): _("Written by me"),
        ("role", "assistant"): _("Replies"),
        ("in", "note"): _("Notes"),
        ("has", "code"): _("With code"),
        ("has", "attachment"): _("With a file"),
        ("has", "link"): _("With a link"),
        ("is", "starred"): _("Starred"),
        ("after", "7d"): _("Last 7 days"),
        ("after", "1y"): _("Last year"),
    }
