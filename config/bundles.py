"""One stylesheet and one script for a page, joined from the files that they are written in.

A first visit then takes a handful of requests. There is nothing to run: `collectstatic` finds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

# Whatever these say, the rest of the bundle may use: the order of the layers, and the shared names.
FIRST = {"css": "tokens.css", "js": "shared.js"}


# Comments that begin a line, and what a line begins with: a tenth of what a first visit weighs. Lines stay
# lines, so that nothing of the language has to be understood (a test sees to it that no literal has several).
UNREAD = re.compile(r"^\s*/\*(?s:.*?)\*/[ \t]*\n|^\s*//.*\n|^\s+", re.MULTILINE)


def joined_styles(files: Sequence[Path]) -> str:
    """Their order does not matter, since every rule is in a layer."""
    return lean("\n".join(path.read_text() for path in files))


def joined_modules(files: Sequence[Path]) -> str:
    """Each in a block of its own, so that its names are its own; the first one's are everybody's."""
    shared, *modules = files
    blocks = [f"// {path.name}\n{{\n{path.read_text()}}}" for path in modules]
    return lean("\n".join([shared.read_text(), *blocks]) + "\n")


def lean(text: str) -> str:
    """Without what only a reader of the source needs."""
    return UNREAD.sub("", text)


BUNDLES: dict[str, tuple[str, Callable[[Sequence[Path]], str]]] = {
    "css/parley.css": ("css", joined_styles),
    "js/parley.js": ("js", joined_modules),
}


def sources(kind: str) -> list[Path]:
    """The files of a bundle, its first one first."""
    found = sorted(Path(settings.BASE_DIR, "static", kind).glob(f"*.{kind}"))
    return sorted(found, key=lambda path: path.name != FIRST[kind])


class BundleStorage(Storage):
    """Read only: the content is made when it is asked for."""

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        kind, join = BUNDLES[name]
        return ContentFile(join(sources(kind)).encode(), name)

    def exists(self, name: str) -> bool:
        return name in BUNDLES

    def path(self, name: str) -> str:
        """For the log of `collectstatic` alone: a bundle is no file."""
        return name


class BundleFinder(BaseFinder):
    storage = BundleStorage()

    def check(self, **_kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        return []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        for name in BUNDLES:
            yield name, self.storage
