"""How pages are laid out quickly: what is done otherwise than WeasyPrint would does not show.

Proves B13.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5
from PIL import ImageFile
from weasyprint import css
from weasyprint.document import Document

from chat.models import User
from exports.content.articles import Articles
from exports.content.transcript import Transcript
from exports.formats.pdf import documents
from exports.formats.pdf.parts import pieces_of
from exports.options import Options
from exports.printing import styles
from exports.printing.hands import equip
from exports.printing.parsing import Parsed
from exports.printing.worker import Layout
from tests.exports.rich import make_rich_session

pytestmark = pytest.mark.django_db
# WeasyPrint has it for the whole process; Parley's own processes never load WeasyPrint.
ImageFile.LOAD_TRUNCATED_IMAGES = False


@pytest.fixture
def html(alice: User) -> str:
    transcript = Transcript(make_rich_session(alice), Options(alternatives=True, reasoning=True))
    articles = Articles(transcript.options, is_print=True)
    entries = "".join(piece.html for entry in transcript.entries() for piece in pieces_of(entry, articles))
    # What draws formulas warns of its age when it is imported.
    entries = re.sub("<math.*?</math>", "", entries, flags=re.DOTALL)
    return documents.document(transcript.title, documents.head(transcript, is_cover=False) + entries)


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    equip(tmp_path, documents.style("A4"))
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    return Layout(tmp_path)


def test_elements_are_those_that_a_browser_would_find(html: str) -> None:
    whole = tinyhtml5.parse(html, namespace_html_elements=False)
    assert list(_flat(Parsed(html, None).etree_element)) == list(_flat(whole))


def test_a_picture_of_many_megabytes_is_read_and_so_is_a_long_text() -> None:
    url = "data:image/png;base64," + "A" * 12_000_000
    root = Parsed(f'<p><img src="{url}">{"word " * 3_000_000}</p>', None).etree_element
    [picture] = root.iter("img")
    assert picture.get("src") == url
    assert len(picture.tail or "") == 15_000_000


def _flat(element: Element) -> Iterator[tuple[str, dict[str, str], str, str]]:
    for one in element.iter():
        yield one.tag, dict(one.attrib), one.text or "", one.tail or ""


def test_styles_are_the_same_by_the_quick_way(
    html: str, layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[str] = []
    asked = 0

    def told(self: Any, name: str) -> Any:
        nonlocal asked
        asked += 1
        quick = styles.missing(self, name)
        # What was found is kept, and would not be asked for again.
        self.pop(name)
        if styles.whole(self, name) != quick:
            others.append(name)
        return quick

    monkeypatch.setattr(css.ComputedStyle, "__missing__", told)
    _laid_out(layout, html, tmp_path)
    assert asked > 10_000
    assert not others


def test_a_document_is_let_go_of_before_the_next(html: str, layout: Layout, tmp_path: Path) -> None:
    _laid_out(layout, html, tmp_path)
    # Not by `isinstance`, which wakes lazy objects of other tests.
    assert not any(type(one) is Document for one in gc.get_objects())


def _laid_out(layout: Layout, html: str, folder: Path) -> None:
    (folder / "1.html").write_text(html)
    assert layout.make(folder / "1.html", folder / "1.pdf")["pages"] > 1
