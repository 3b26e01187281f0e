"""The PDF of a conversation: pages to print, with all that was said, to be leafed through and read aloud.

Proves B13.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from chat.models import Session, User
from exports.content.transcript import Transcript, not_told
from exports.formats import FORMATS
from exports.formats.contract import CannotWrite
from exports.formats.pdf import parts, preview, tables
from exports.formats.pdf.code import wrapped
from exports.formats.pdf.documents import Line
from exports.formats.pdf.parts import Piece, Printing
from exports.options import Options
from exports.printing import fonts, hands, press
from tests.browser.hostile import payloads
from tests.exports.rich import make_rich_session
from tests.factories import make_session

pytestmark = pytest.mark.django_db(transaction=True)
RICH = Options(alternatives=True, reasoning=True)
_MADE: dict[str, bytes] = {}


def written(session: Session, options: Options = RICH) -> bytes:
    out = io.BytesIO()
    FORMATS["pdf"].write(Transcript(session, options), out, not_told)
    return out.getvalue()


@pytest.fixture
def rich(alice: User) -> bytes:
    """Made once, since it takes as long as all that is asked of it."""
    if "rich" not in _MADE:
        _MADE["rich"] = written(make_rich_session(alice))
    return _MADE["rich"]


@pytest.fixture
def book(alice: User, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """With a cover, contents, and its messages in three parts."""
    if "book" not in _MADE:
        monkeypatch.setattr(parts, "MESSAGES", 10)
        texts = [f"# Topic {number}\n\nWhat about *{number}*?\n\n## A part\n\nWell." for number in range(24)]
        _MADE["book"] = written(make_session(alice, texts, name="A book"))
    return _MADE["book"]


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


def test_all_that_was_said_is_found_in_it(rich: bytes) -> None:
    text = " ".join(" ".join(pages_of(rich)).split())
    for words in (
        "A rich conversation: “all” <of> it & more",
        "Show me a function, please.",
        "def greet(name: str) -> str:",
        "日本語",
        "你好，世界",
        "русский, 中文排版",
        "한국어",
        "עולם",
        "مرحبا بالعالم، هذا نص عربي مع كلمة Parley في وسطه",
        "They want lists.",
        "A first try that was not kept.",
        "Check this,",
        "It costs $5 or $10.",
        "research, to print",
    ):
        assert words in text, words


def test_each_page_says_which_of_how_many_it_is(book: bytes) -> None:
    pages = pages_of(book)
    assert len(pages) > 6
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text


def test_a_long_one_has_a_cover_and_contents_that_lead_to_the_questions(book: bytes) -> None:
    pages = pages_of(book)
    assert "A book" in pages[0]
    assert "Topic" not in pages[0]
    assert "Contents" in pages[1]
    with pikepdf.open(io.BytesIO(book)) as document:
        numbers = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        links = [link.Dest for link in document.pages[1].Annots]
    said = re.findall(r"Topic (\d+)\s+(\d+)", pages[1])
    assert len(said) == len(links) == 12
    for (topic, page), place in zip(said, links, strict=True):
        assert numbers[place[0].objgen] == int(page) - 1
        assert f"Topic {topic}" in pages[int(page) - 1]


def test_a_short_one_begins_with_its_first_message(rich: bytes) -> None:
    first = pages_of(rich)[0]
    assert "A rich conversation" in first
    assert "Show me a function" in first


def test_the_outline_has_every_message_and_the_headings_in_it(book: bytes) -> None:
    lines, pages = outline_of(book), pages_of(book)
    messages = [line for line in lines if re.match(r"\d+\. ", line[1])]
    assert [int(words.split(".")[0]) for _level, words, _page in messages] == list(range(1, 25))
    assert messages[3][1] == "4. Assistant: Topic 3"
    assert all(f"Topic {number}" in pages[line[2] - 1] for number, line in enumerate(messages))
    assert sum(words == "A part" for _level, words, _page in lines) == 24


def test_a_screen_reader_gets_headings_lists_tables_and_pictures_with_their_words(rich: bytes) -> None:
    with pikepdf.open(io.BytesIO(rich)) as document:
        root = document.Root
        assert str(root.Lang) == "en"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(document.docinfo.Title) == "A rich conversation: “all” <of> it & more"
        with document.open_metadata() as told:
            assert told["pdfuaid:part"] == "1"
    found = list(elements_of(rich))
    kinds = {kind for kind, _alt in found}
    assert {"/H1", "/H2", "/H3", "/L", "/LI", "/Table", "/TH", "/TD", "/P", "/Art", "/Link"} <= kinds
    alts = {alt for kind, alt in found if kind == "/Figure"}
    assert "slope.png" in alts
    assert r"e^{i\pi} + 1 = 0" in alts


def test_what_is_marked_on_a_page_has_its_place_in_the_structure(book: bytes) -> None:
    """Parts number what is on their pages each from 0, so that all numbers are others in the book."""
    with pikepdf.open(io.BytesIO(book)) as document:
        homes: dict[int, pikepdf.Object] = {}
        for kid in document.Root.StructTreeRoot.ParentTree.Kids:
            told = [*kid.Nums]
            homes |= {int(number): home for number, home in zip(told[::2], told[1::2], strict=True)}
        for page in document.pages:
            marked = {
                int(item.operands[1].MCID)
                for item in pikepdf.parse_content_stream(page)
                if str(item.operator) == "BDC" and "/MCID" in item.operands[1]
            }
            home = homes[int(page.obj.StructParents)]
            assert marked == set(range(len(home)))
            # What the head of a page says is no element of the document.
            assert any(one.get("/Pg", page.obj).objgen == page.obj.objgen for one in home)


def test_fonts_are_within_it(rich: bytes) -> None:
    with pikepdf.open(io.BytesIO(rich)) as document:
        found = [
            one for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/FontName" in one
        ]
        assert len(found) > 5
        assert all("/FontFile2" in one or "/FontFile3" in one for one in found)
    assert len(rich) / len(pages_of(rich)) < 200_000


def test_another_program_finds_no_fault(book: bytes, tmp_path: Path) -> None:
    if shutil.which("qpdf") is None or shutil.which("pdfinfo") is None:
        pytest.skip("qpdf and poppler-utils are not installed")
    file = tmp_path / "book.pdf"
    file.write_bytes(book)
    subprocess.run(["qpdf", "--check", file], check=True, stdout=subprocess.DEVNULL)
    told = subprocess.run(["pdfinfo", file], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"Title: +A book", told)


def test_the_first_page_shows_before_all_is_made(alice: User) -> None:
    picture = FORMATS["pdf"].picture
    assert picture
    with Image.open(io.BytesIO(picture(Transcript(make_rich_session(alice), Options(), most=6)))) as page:
        assert page.format == "PNG"
        assert 1.40 < page.height / page.width < 1.42
        assert len(page.getcolors(1 << 20) or ()) > 50


def test_nothing_is_fetched_and_nothing_runs(alice: User) -> None:
    session = make_session(alice, ["\n\n".join(payloads()), HOSTILE], name="<script>alert(1)</script>")
    content = written(session)
    text = " ".join(pages_of(content))
    assert "root:x:0:0" not in text
    with pikepdf.open(io.BytesIO(content)) as document:
        kinds = {str(one.get("/S", "")) for one in document.objects if isinstance(one, pikepdf.Dictionary)}
        assert not kinds & {"/JavaScript", "/Launch", "/GoToR", "/SubmitForm", "/ImportData"}
        assert "/OpenAction" not in document.Root
        urls = [
            str(one.URI) for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/URI" in one
        ]
        assert all(re.match(r"https?:|mailto:", url) for url in urls), urls


HOSTILE = """![x](file:///etc/passwd) <img src="file:///etc/passwd"> <style>@import "file:///etc/passwd"</style>
<link rel=attachment href="file:///etc/passwd"> <svg><image href="file:///etc/passwd"/></svg>
[file](file:///etc/passwd) [message](message:m-1) [data](data:text/html,x) <iframe src="http://127.0.0.1:9/">

$\\href{file:///etc/passwd}{x}$ ![y](http://127.0.0.1:9/x.png)
"""


def test_a_worker_opens_nothing_whatever_a_document_asks_for(tmp_path: Path) -> None:
    """Also of what the renderer and the sanitizer would not let through."""
    secret = tmp_path / "secret.txt"
    secret.write_text("body { content: 'opened' } h1::after { content: 'opened' }")
    places = "".join(
        f'<link rel="{rel}" href="{secret.as_uri()}">' for rel in ("stylesheet", "attachment", "icon")
    )
    url = secret.as_uri()
    hostile = (
        f'<html lang="en"><title>x</title>{places}<style>@import "{url}"; h1 {{ background: url("{url}") }}'
        f' @font-face {{ font-family: x; src: url("{url}") }}</style><h1>Here</h1>'
        f'<img alt="a" src="{url}"><img alt="b" src="http://127.0.0.1:9/"><object data="{url}"></object>'
        f'<embed src="{url}"><svg><title>c</title><image href="{url}"/></svg>'
    )
    with press.Press(tmp_path, "", lambda: None, hands=1) as opened:
        job = opened.put(hostile)
        opened.finish()
    if job.sheaf:
        content = job.sheaf.file.read_bytes()
        assert "opened" not in " ".join(pages_of(content))
        with pikepdf.open(io.BytesIO(content)) as document:
            assert not document.attachments
    else:
        assert "Refused" in job.trouble


class Cancelled(Exception):
    """What the job raises."""


def test_cancelling_ends_it_within_a_second_and_leaves_no_process(alice: User) -> None:
    session = make_session(alice, ["word " * 60_000], name="Slow")
    begun: list[float] = []

    def go_on(_share: float) -> None:
        workers = _workers()
        if workers and not begun:
            begun.append(time.monotonic())
        if begun and time.monotonic() - begun[0] > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        FORMATS["pdf"].write(Transcript(session, Options()), io.BytesIO(), go_on)
    assert time.monotonic() - begun[0] < 0.5 + 1
    assert not _workers()


def _workers() -> list[str]:
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


def test_a_message_that_cannot_be_laid_out_is_named(tmp_path: Path) -> None:
    texts = ["<p>Short.</p>", "<div>" * 1500, "<p>Short too.</p>"]
    pieces = [
        Piece(Line(number, f"{number}", f"m-{number}"), is_question=True, html=text)
        for number, text in enumerate(texts, 1)
    ]
    with press.Press(tmp_path, "", lambda: None, hands=1) as opened:
        printing = Printing(opened, "Title")
        printing.put(pieces)
        with pytest.raises(CannotWrite) as raised:
            printing.finish()
    assert raised.value.words.values == {"number": 2}


def test_a_part_ends_where_it_is_long_whatever_pictures_are_in_it() -> None:
    picture = f'<img src="data:image/png;base64,{"A" * parts.LENGTH}">'
    texts = ["a", picture, "b", "c" * parts.LENGTH, "d"]
    pieces = [
        Piece(Line(number, "", ""), is_question=True, html=text) for number, text in enumerate(texts, 1)
    ]
    cut = [[piece.line.number for piece in part] for part in parts.parts_of(pieces)]
    assert cut == [[1, 2, 3], [4], [5]]


def test_nothing_stays_behind_where_the_server_was_killed(tmp_path: Path) -> None:
    """To a worker that is all the same: its input ends, and nobody has ended it."""
    folder = tmp_path / "parley-pdf"
    folder.mkdir()
    (folder / "style.css").write_text("")
    (folder / "1.html").write_text("What somebody said")
    asked = [sys.executable, "-m", "exports.printing.worker", str(folder)]
    subprocess.run(asked, stdin=subprocess.DEVNULL, check=True, timeout=60)
    assert not folder.exists()


def test_what_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "PATIENCE", 0.1)
    with press.Press(tmp_path, "", lambda: None) as opened:
        job = opened.put("<p>Nobody starts as quickly as that.</p>")
        opened.finish()
        assert not _workers()
    assert job.trouble


def test_without_pango_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert FORMATS["pdf"].obstacle() == ""
    broken = tmp_path / "weasyprint"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    hands.can_print.cache_clear()
    told = {name: str(form.obstacle()) for name, form in FORMATS.items()}
    hands.can_print.cache_clear()
    assert "apt-get install libpango-1.0-0" in told.pop("pdf")
    assert set(told.values()) == {""}


def test_a_script_without_a_font_is_told() -> None:
    assert fonts.missing_scripts("Latin, Ελληνικά, русский, مرحبا, שלום, नमस्ते, ภาษา 123 🎉 — ∑") == []
    # Nobody has a font of what no standard has given a meaning to yet, and of this hardly anybody.
    rare = "\U0001e030" if not fonts.missing_scripts("\U00016a40") else "\U00016a40"
    assert fonts.missing_scripts("Latin " + rare) in (["Mro"], ["Cyrillic"])


def test_a_long_line_of_code_is_marked_and_a_short_one_is_not() -> None:
    long = '<span class="s">' + "x" * 200
    html = f"<pre><code>short\n{long}\nend</span>\nlast</code></pre>"
    made = wrapped(html)
    assert made.count('class="long"') == 1
    assert made.count("<span") == made.count("</span>")
    assert re.sub("<[^>]*>", "", made).replace("\n", "") == "short" + "x" * 200 + "endlast"
    assert wrapped("<pre>short</pre>") == "<pre>short</pre>"


def test_a_table_of_too_many_columns_is_told_row_by_row() -> None:
    cells = "".join(f"<td>value {number}</td>" for number in range(30))
    heads = "".join(f"<th>Name {number}</th>" for number in range(30))
    rows = f"<thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody>"
    table = f'<div class="table"><table>{rows}</table></div>'
    assert "<b>Name 29:</b> value 29" in tables.fitted(table)
    narrow = '<div class="table"><table><thead><tr><th>a</th></tr></thead></table></div>'
    assert tables.fitted(narrow) == narrow


def test_a_formula_is_drawn_and_one_that_cannot_be_is_written() -> None:
    """In a process of its own, as workers are: importing what draws warns of its age."""
    source = '<annotation encoding="application/x-tex">x &lt; 1</annotation>'
    formula = f"<math><semantics><mrow><mi>x</mi></mrow>{source}</semantics></math>"
    asked = f"from exports.printing.maths import drawn; print(drawn({formula!r})); print(drawn({BROKEN!r}))"
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout
    drawing, writing = told.strip().split("\n")
    assert 'alt="x &lt; 1"' in drawing
    assert "data:image/svg+xml;base64," in drawing
    assert writing == '<code class="latex">x</code>'


BROKEN = "<math><semantics><mi>x</mo><annotation>x</annotation></semantics></math>"


def test_a_worker_is_told_no_key_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "secret")
    told = hands.environment()
    assert "secret" not in told.values()
    assert told["PATH"] == os.environ["PATH"]


@pytest.mark.django_db(transaction=True)
def test_first_pages_wait_for_each_other_but_not_for_ever(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = BoundedSemaphore(1)
    monkeypatch.setattr(preview, "_ROOM", room)
    monkeypatch.setattr(preview, "PATIENCE", 0.1)
    transcript = Transcript(make_session(alice, ["Hello"]), Options())
    with room, pytest.raises(CannotWrite, match="busy"):
        preview.first_page(transcript)
    monkeypatch.setattr(preview, "PATIENCE", 20.0)
    assert preview.first_page(transcript).startswith(b"\x89PNG")
