"""Lays out one HTML document after another: what runs in the processes of a press.

It reads orders from its input, a line of JSON each, and answers each with a line. Beside the style in its own
folder it opens the document that an order names and nothing else, whatever that document asks for.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import select
import shutil
import sys
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

from weasyprint import CSS
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

from exports.printing import styles
from exports.printing.folding import fold
from exports.printing.parsing import Parsed

MOST_BYTES = 2 << 30
"""Of address space: a part of 100 messages takes half a gigabyte, of which it uses a third."""
_SAMPLE = (
    '<html lang="en"><title>Ready</title><body data-title="Ready"><article class="entry user"><header>'
    '<h2>Who</h2><time>1</time></header><div class="prose"><p>Words, <b>bold</b>, <i>slanted</i>, '
    '<code>code</code></p><ul><li>1</li></ul><pre><code>x <i class="c">y</i></code></pre></div></article>'
)
_PICTURE = re.compile("data:(image/(?:png|jpeg|svg\\+xml));base64,")
POINTS = 0.75
"""In a pixel of CSS. PDF counts them from the bottom of a page."""
_Mark = tuple[str, int, float, list[Any]]


class Layout:
    """What stays the same from document to document."""

    def __init__(self, folder: Path) -> None:
        self._fonts = FontConfiguration()
        # Read once, since reading it takes a tenth of a second.
        self._style = CSS(
            string=(folder / "style.css").read_text(encoding="utf-8"),
            font_config=self._fonts,
            url_fetcher=self._fetch,
        )

    def make(self, source: Path, target: Path) -> dict[str, Any]:
        """A PDF, and where in it things are."""
        gc.disable()
        try:
            return self._made(source, target)
        finally:
            gc.enable()
            # Only now does nothing hold the document: two would have to be kept otherwise.
            gc.collect()

    def _made(self, source: Path, target: Path) -> dict[str, Any]:
        html = Parsed(_drawn(source.read_text(encoding="utf-8")), self._fetch)
        document = html.render(font_config=self._fonts, stylesheets=[self._style])
        document.write_pdf(target, finisher=fold, pdf_variant="pdf/ua-1")
        return _told(document)

    def _fetch(self, url: str) -> URLFetcherResponse:
        """Pictures that are in the document itself, as nobody but the press writes them."""
        found = _PICTURE.match(url)
        if found is None:
            raise FatalURLFetchingError(f"Refused: {url[:200]}")
        return URLFetcherResponse(url, b64decode(url[found.end() :]), {"Content-Type": found[1]})


def _drawn(text: str) -> str:
    if "<math" not in text:
        return text
    # A quarter of the time in which a worker starts, and most documents have no formula.
    from exports.printing.maths import drawn

    return drawn(text)


def _told(document: Document) -> dict[str, Any]:
    anchors = {
        name: (number, POINTS * (page.height - place[1]))
        for number, page in enumerate(document.pages)
        for name, place in page.anchors.items()
    }
    marks = [_mark(one, document) for one in document.make_bookmark_tree()]
    return {"pages": len(document.pages), "anchors": anchors, "marks": marks}


def _mark(mark: Any, document: Document) -> _Mark:
    label, (page, _x, y), children, _state = mark
    return label, page, POINTS * (document.pages[page].height - y), [_mark(one, document) for one in children]


def main() -> None:
    # What a library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    if hasattr(os, "nice"):
        os.nice(5)  # who waits for a page goes before who waits for a file
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    if len(sys.argv) < 2:  # asked whether it can
        return
    styles.hasten()
    folder, *words = sys.argv[1:]
    if not words:
        _work(Path(folder), Layout(Path(folder)), answers)
        return
    _spare, idle = words
    try:
        layout = Layout(Path(folder))
        if _is_needed(layout, Path(folder), float(idle)):
            _work(Path(folder), layout, answers)
    finally:  # it is a spare worker's own: no press has its documents there
        shutil.rmtree(folder, ignore_errors=True)


def _is_needed(layout: Layout, folder: Path, idle: float) -> bool:
    """Gets ready, with the fonts that most pages are set in, and waits for a press: `idle` seconds."""
    (folder / "sample.html").write_text(_SAMPLE)
    layout.make(folder / "sample.html", folder / "sample.pdf")
    return bool(select.select([sys.stdin], [], [], idle)[0])


def _work(folder: Path, layout: Layout, answers: TextIO) -> None:
    """Until its press is gone. If it fails itself, the press goes on with what lies in its folder."""
    folders = {folder}
    with suppress(BrokenPipeError):
        for line in sys.stdin:
            order = json.loads(line)
            folders.add(Path(order["folder"]))
            answers.write(json.dumps(_done(order, layout)) + "\n")
            answers.flush()
    # A press ends its workers before it closes their input: this one was left behind, with people's words.
    for one in folders:
        shutil.rmtree(one, ignore_errors=True)


def _done(order: dict[str, str], layout: Layout) -> dict[str, Any]:
    folder = Path(order["folder"])
    try:
        return layout.make(folder / order["source"], folder / order["target"])
    except (Exception, FatalURLFetchingError) as error:  # whatever it is, the press has to know
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main()
