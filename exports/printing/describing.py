"""What a PDF says of itself: to readers old and new, and to whoever reads it aloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from exports.printing.writer import Writer, reference, words

PRODUCER = "WeasyPrint"


@dataclass(frozen=True, slots=True)
class Facts:
    """`language` as HTML has it."""

    title: str
    language: str
    creator: str
    author: str = ""
    keywords: tuple[str, ...] = ()
    created_at: datetime | None = None


def catalogue_of(facts: Facts, parts: Mapping[bytes, int]) -> bytes:
    """`parts` are objects by the names that the catalogue has for them."""
    told = b" ".join(b"/%b %b" % (name, reference(number)) for name, number in parts.items())
    mode = b"/UseOutlines" if b"Outlines" in parts else b"/UseNone"
    about = b"<< /Type /Catalog %b /Lang %b /MarkInfo << /Marked true >> /PageMode %b"
    return about % (told, words(facts.language), mode) + b" /ViewerPreferences << /DisplayDocTitle true >> >>"


def info_of(facts: Facts) -> bytes:
    told = {"Title": facts.title, "Author": facts.author, "Keywords": ", ".join(facts.keywords)}
    told |= {"Creator": facts.creator, "Producer": PRODUCER}
    lines = [b"/%b %b" % (name.encode(), words(value)) for name, value in told.items() if value]
    if facts.created_at:
        lines.append(b"/CreationDate (D:%b)" % _moment(facts.created_at).encode())
    return b"<< %b >>" % b" ".join(lines)


def metadata_of(facts: Facts, writer: Writer) -> int:
    number = writer.take()
    xml = _xmp(facts).encode("utf-8", "replace")
    writer.put_stream(number, b"<< /Type /Metadata /Subtype /XML /Length %d >>" % len(xml), xml)
    return number


def _xmp(facts: Facts) -> str:
    author = f"<dc:creator><rdf:Seq><rdf:li>{escape(facts.author)}</rdf:li></rdf:Seq></dc:creator>"
    created = ""
    if facts.created_at:
        created = f"<xmp:CreateDate>{facts.created_at.isoformat(timespec='seconds')}</xmp:CreateDate>"
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(facts.title)}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:language><rdf:Bag><rdf:li>{escape(facts.language)}</rdf:li></rdf:Bag></dc:language>"
        f"{author if facts.author else ''}{created}"
        f"<pdf:Keywords>{escape(', '.join(facts.keywords))}</pdf:Keywords>"
        f"<pdf:Producer>{PRODUCER}</pdf:Producer><xmp:CreatorTool>{escape(facts.creator)}</xmp:CreatorTool>"
        "<pdfuaid:part>1</pdfuaid:part></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    )


def _moment(moment: datetime) -> str:
    zone = f"{moment:%z}" or "+0000"
    return f"{moment:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}"
