"""PDFs made on the spot, and what another program reads in them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pikepdf
import pypdfium2

from chat.models import Session
from exports.content.transcript import Transcript, not_told
from exports.formats import FORMATS
from exports.options import Options

RICH = Options(alternatives=True, reasoning=True)


def written(session: Session, options: Options = RICH) -> bytes:
    out = io.BytesIO()
    FORMATS["pdf"].write(Transcript(session, options), out, not_told)
    return out.getvalue()


@lru_cache(maxsize=4)
def pages_of(content: bytes) -> tuple[str, ...]:
    with pypdfium2.PdfDocument(content) as document:
        return tuple(page.get_textpage().get_text_bounded() for page in document)


def elements_of(content: bytes) -> Iterator[tuple[str, str]]:
    """Of the structure that is read aloud: what each is, and what is said instead of it."""
    with pikepdf.open(io.BytesIO(content)) as document:
        waiting = [document.Root.StructTreeRoot.K[0]]
        while waiting:
            element = waiting.pop()
            yield str(element.S), str(element.get("/Alt", ""))
            kids: list[pikepdf.Object] = [*element.get("/K", ())]
            waiting += [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def outline_of(content: bytes) -> list[tuple[int, str, int]]:
    """Of each line how deep it is, its words, and the page that it leads to."""
    with pypdfium2.PdfDocument(content) as document:
        return [
            (line.level, line.get_title(), line.get_dest().get_index() + 1) for line in document.get_toc()
        ]


def workers() -> list[str]:
    """Processes that this one began and that lay out pages."""
    found = []
    for folder in Path("/proc").glob("[0-9]*") if Path("/proc").is_dir() else ():
        try:
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == str(os.getpid()) and b"exports.printing.worker" in command and b"spare" not in command:
            found.append(folder.name)
    return found
