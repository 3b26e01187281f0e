"""Highlighted code can be read in light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chat.rendering.code import CODE_STYLES

CSS = Path(__file__).parents[3].joinpath("static/css/highlight.css").read_text()
THEMES = {"light": (0, "#f6f7f9"), "dark": (1, "#16181d")}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def palette(theme: int) -> dict[str, str]:
    tokens = re.findall(r"(--code-\w+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS)
    return {name: colours[theme] for name, *colours in tokens}


@pytest.mark.parametrize(("theme", "background"), THEMES.values(), ids=THEMES)
def test_every_colour_can_be_read_on_its_background(theme: int, background: str) -> None:
    colours = palette(theme)
    assert set(colours) == set(re.findall(r"var\((--code-\w+)\)", CSS))
    assert {name: colour for name, colour in colours.items() if contrast(colour, background) < 4.5} == {}


def test_every_class_that_the_highlighter_writes_has_its_look() -> None:
    assert set(re.findall(r"\.code \.(\w+)", CSS)) == CODE_STYLES
