"""Lists as Word counts them: nine levels of bullets and of numbers, and each list that begins anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator

LEVELS = 9
STEP = 400
"""Twentieths of a point by which a level stands further in."""
BULLETS = 1
_NUMBERS = 2
_SIGNS = "•◦▪"
# Word reads no list beyond, and no number; what is more is written as text.
_MOST = 30_000


class Numbering:
    """The lists of one document; those with numbers have an instance each, or they would go on counting."""

    def __init__(self) -> None:
        self._begun: list[tuple[int, int]] = []

    def begin(self, level: int, start: int, length: int) -> int:
        """The instance of a list with numbers; 0 where Word cannot count it."""
        if len(self._begun) >= _MOST or not 0 <= start <= _MOST - length:
            return 0
        self._begun.append((level, start))
        return _NUMBERS + len(self._begun)

    def xml(self) -> Iterator[str]:
        yield (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        )
        yield _kind(BULLETS, lambda level: ("bullet", _SIGNS[level % len(_SIGNS)]))
        yield _kind(_NUMBERS, lambda level: ("decimal", f"%{level + 1}."))
        for kind in (BULLETS, _NUMBERS):
            yield f'<w:num w:numId="{kind}"><w:abstractNumId w:val="{kind}"/></w:num>'
        for number, (level, start) in enumerate(self._begun, _NUMBERS + 1):
            yield (
                f'<w:num w:numId="{number}"><w:abstractNumId w:val="{_NUMBERS}"/>'
                f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
            )
        yield "</w:numbering>"


def numbered(instance: int, level: int) -> str:
    """What says of a paragraph that it is an item."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{instance}"/></w:numPr>'


def _kind(number: int, look: Callable[[int], tuple[str, str]]) -> str:
    levels = "".join(_level(level, *look(level)) for level in range(LEVELS))
    return (
        f'<w:abstractNum w:abstractNumId="{number}"><w:nsid w:val="50A2E0{number:02}"/>'
        f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )


def _level(level: int, kind: str, text: str) -> str:
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{STEP * (level + 1)}" w:hanging="{STEP}"/></w:pPr>'
        '<w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri" w:hint="default"/>'
        '<w:color w:val="00756E"/></w:rPr></w:lvl>'
    )
