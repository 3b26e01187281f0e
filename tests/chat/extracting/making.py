"""Files as real programs write them, and as nobody should."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from email.message import EmailMessage
from typing import Any

import docx
import openpyxl
import pikepdf
import pptx
from PIL import Image
from pptx.util import Inches

OFFICE = "http://schemas.openxmlformats.org"


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def pdf(*pages: str) -> bytes:
    """A page for each text, of one line."""
    document = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for words in pages:
        page = document.add_blank_page(page_size=(612, 792)).obj
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET".encode("latin-1"))
    return saved(document.save)


def protected_pdf() -> bytes:
    with pikepdf.open(io.BytesIO(pdf("Secret"))) as document:
        locked = pikepdf.Encryption(owner="o", user="u")
        return saved(lambda out: document.save(out, encryption=locked))


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Tides", 1)
    document.add_paragraph("The sea | rises.")
    document.add_paragraph("High", style="List Bullet")
    document.add_paragraph("Low", style="List Number")
    table = document.add_table(2, 2)
    for cell, words in zip(table._cells, ("Port", "Metres", "Brest", "7|8"), strict=True):
        cell.text = words
    return saved(document.save)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Ports"
    for row in (("Port", "Metres", "Day", "Open"), ("Brest", 7.5, date(2026, 3, 1), True), (None,) * 4):
        sheet.append(row)
    sheet.append(("Ostende", 4, None, False))
    book.create_sheet("Nothing")
    return saved(book.save)


def slides() -> bytes:
    deck = pptx.Presentation()
    slide: Any = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Tides"
    slide.placeholders[1].text = "High\nLow"
    slide.notes_slide.notes_text_frame.text = "Speak slowly"
    slide.shapes.add_table(1, 2, 0, 0, Inches(2), Inches(1)).table.cell(0, 0).text = "Brest"
    deck.slides.add_slide(deck.slide_layouts[6])
    return saved(deck.save)


PAGE = """<!doctype html><html><head><title>Tides</title><style>p{}</style><script>alert(1)</script></head>
<body><nav><a href="/x">Home</a></nav><h2>High &amp; low</h2><p>The <b>sea</b>
rises<br>and falls, <a href="https://example.org/t">they say</a>.</p><ul><li>One<ul><li><p>Two</p></li></ul>
</li></ul><table><tr><th>Port</th><th>Metres</th></tr><tr><td>Brest</td><td>7</td></tr></table><pre>a
  b</pre></body></html>"""


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Tides — Gezeiten"
    message.set_content("The sea rises.")
    message.add_attachment(b"1,2", maintype="text", subtype="csv", filename="ports.csv")
    return message.as_bytes()


def book() -> bytes:
    package = """<package xmlns="http://www.idpf.org/2007/opf"><manifest>
    <item id="b" href="two.xhtml"/><item id="a" href="text/one.xhtml"/></manifest>
    <spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""
    container = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
    <rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OEBPS/book.opf": package,
            "OEBPS/text/one.xhtml": "<html><body><h1>First</h1><p>Words</p></body></html>",
            "OEBPS/two.xhtml": "<html><body><h1>Second</h1></body></html>",
        }
    )


def open_text(body: str, *, head: str = "", kind: str = "text") -> bytes:
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"))
    )
    content = f'<?xml version="1.0"?>{head}<office:document-content {names}>{body}</office:document-content>'
    mime_type = f"application/vnd.oasis.opendocument.{kind}"
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return packed({"mimetype": mime_type, "META-INF/manifest.xml": manifest, "content.xml": content})


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **settings: Any) -> bytes:
    found = Image.new(mode, size, settings.pop("colour", None) or 0)
    return saved(lambda out: found.save(out, kind, **settings))


def camera_picture() -> bytes:
    """Lying on its side, with where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    return picture("JPEG", (3000, 2000), colour="red", exif=exif)
