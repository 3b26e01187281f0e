"""The quick way to what an element's style says of a property that no rule names: most are asked for that.

WeasyPrint goes through all that a value can be, variables and sums, also where it is the parent's or the
first there is.
"""

from __future__ import annotations

from typing import Any

from weasyprint import css
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES

# What others are computed from, or what is worked out from more than the parent's and the first value.
_OTHERS = {"float", "display", "position", "page"}
_PLAIN = [name for name in INITIAL_VALUES if name not in _OTHERS and not name.startswith("text_decoration_")]


def _logical(name: str) -> frozenset[str]:
    """What may be said in its place: `padding-inline-start` of a left padding."""
    told = PHYSICAL_FUNCTIONS.get(name)
    return frozenset(told(block="ttb", inline=way) for way in ("ltr", "rtl")) if told else frozenset()


_INHERITED = frozenset(name for name in _PLAIN if name in INHERITED and not _logical(name))
_FIRST = {
    name: (INITIAL_VALUES[name], _logical(name))
    for name in _PLAIN
    if name not in INHERITED and name not in INITIAL_NOT_COMPUTED
}
whole = css.ComputedStyle.__missing__


def missing(self: Any, name: str) -> Any:
    cascaded = self.cascaded
    if name not in cascaded:
        if name in _INHERITED and self.parent_style is not None:
            value = self[name] = self.parent_style[name]
            return value
        if name in _FIRST:
            value, logical = _FIRST[name]
            if logical.isdisjoint(cascaded):
                self[name] = value
                return value
    return whole(self, name)


def hasten() -> None:
    css.ComputedStyle.__missing__ = missing
