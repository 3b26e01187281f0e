"""The places that the sidebar leads to, and which of them one is at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The name of the route, which is that of its action too.
PLACES: Sequence[tuple[str, str, Promise]] = (
    ("search", "search", _("Search")),
    ("projects", "folder", _("Projects")),
    ("templates", "layout-template", _("Templates")),
)


@dataclass(frozen=True, slots=True)
class Way:
    """A place; `current` as `aria-current` says it: "page" there, "true" on a page below it, or nothing."""

    name: str
    icon: str
    label: Promise
    url: str
    current: str


def places(path: str) -> list[Way]:
    """As they stand in the sidebar of the page at `path`."""
    ways = [(name, icon, label, reverse(name)) for name, icon, label in PLACES]
    return [Way(name, icon, label, url, current_at(path, url)) for name, icon, label, url in ways]


def current_at(path: str, url: str) -> str:
    if path == url:
        return "page"
    return "true" if path.startswith(url) else ""
