"""The fonts that pages are set in: which there are, where they lie, and what they cannot write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools import unicodedata
from fontTools.ttLib import TTCollection, TTFont, TTLibError

# Latin, Greek, Cyrillic; code in them; Hebrew drawn to go with them; Arabic; all else that is European, and
# Devanagari; Thai.
PACKAGES = (
    "fontpkg_source_sans_3",
    "fontpkg_source_code_pro",
    "fontpkg_assistant",
    "fontpkg_cairo",
    "fontpkg_noto_sans",
    "fontpkg_noto_sans_thai",
)
SYSTEM_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "/opt/homebrew/share/fonts",
)
_SETTINGS = ("/etc/fonts/fonts.conf", "/opt/homebrew/etc/fonts/fonts.conf", "/usr/local/etc/fonts/fonts.conf")
# Characters that are in no script of their own, or never seen.
_NO_SCRIPTS = ("Zyyy", "Zinh", "Zzzz")
SAMPLE = 200_000
"""Characters of a text that are looked at."""


def package_folders() -> Iterator[Path]:
    """Where the fonts lie that come as Python packages."""
    for name in PACKAGES:
        if (spec := find_spec(name)) and spec.origin:
            yield Path(spec.origin).parent / "files"


def font_file(package: str) -> Path | None:
    """The upright font of a package."""
    spec = find_spec(package)
    if spec is None or not spec.origin:
        return None
    return next(
        (file for file in Path(spec.origin).parent.glob("files/*.ttf") if "Italic" not in file.name), None
    )


def settings() -> str:
    """For fontconfig: the system's fonts, and ours."""
    known = os.environ.get("FONTCONFIG_FILE", "")
    lines = [
        f'<include ignore_missing="yes">{escape(path)}</include>'
        for path in ((known,) if known else _SETTINGS)
    ]
    lines += [f"<dir>{escape(str(folder))}</dir>" for folder in package_folders()]
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f'<fontconfig>{"".join(lines)}<cachedir prefix="xdg">fontconfig</cachedir></fontconfig>'
    )


def missing_scripts(text: str) -> list[str]:
    """Scripts in `text` of which no font at hand has some letter, as English calls them; the worst first."""
    found: dict[str, int] = {}
    for letter in set(text[:SAMPLE]):
        script = unicodedata.script(letter)
        if script not in _NO_SCRIPTS and ord(letter) not in _packaged() and not _is_in_system(ord(letter)):
            name = unicodedata.script_name(script) or script
            found[name] = found.get(name, 0) + 1
    return sorted(found, key=lambda name: (-found[name], name))


@lru_cache(maxsize=1)
def _packaged() -> frozenset[int]:
    return frozenset(
        code for folder in package_folders() for file in folder.iterdir() for code in _letters(file)
    )


@lru_cache(maxsize=4096)
def _is_in_system(code: int) -> bool:
    return any(code in letters for letters in _system())


class _Lazy:
    """Sets that are made as they are asked for, and then kept: a font of CJK takes a while to read."""

    def __init__(self) -> None:
        self._made: list[frozenset[int]] = []
        self._files = _system_files()

    def __iter__(self) -> Iterator[frozenset[int]]:
        place = 0
        while True:
            if place == len(self._made):
                file = next(self._files, None)
                if file is None:
                    return
                self._made.append(_letters(file))
            yield self._made[place]
            place += 1


@lru_cache(maxsize=1)
def _system() -> _Lazy:
    return _Lazy()


def _system_files() -> Iterator[Path]:
    """One of each family's weights would do, but which they are stands only in them."""
    for folder in SYSTEM_FOLDERS:
        for path in sorted(Path(folder).expanduser().glob("**/*")):
            if path.suffix.lower() in (".ttf", ".otf", ".ttc", ".otc") and "Bold" not in path.name:
                yield path


def _letters(file: Path) -> frozenset[int]:
    try:
        if file.suffix.lower() in (".ttc", ".otc"):
            with TTCollection(file, lazy=True) as fonts:
                return frozenset(code for font in islice(fonts, 1) for code in font.getBestCmap() or ())
        with TTFont(file, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError, KeyError, AssertionError):
        return frozenset()
