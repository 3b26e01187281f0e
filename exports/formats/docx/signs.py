"""The letters, signs and gaps of a formula as runs of OMML, and what kinds of signs there are."""

from __future__ import annotations

from lxml import etree

from chat.rendering.mathml import SUMS
from exports.formats.docx.text import quoted, safe

SUMMED = SUMS | frozenset("∫∬∭⨌∮∯∰")
"""What stands before a term, with limits: Word sets both as one."""
RELATIONS = frozenset("=<>≤≥≠≈≡∼≅≪≫→⇒⇔↦∈∉⊂⊆,;+−-±∓|")
"""What ends the term of a sum."""
OPENING, CLOSING, BARS = frozenset("([{⟨⌈⌊"), frozenset(")]}⟩⌉⌋"), frozenset("|‖")
BRACES = {"⏞": "top", "⏟": "bot"}
ACCENTS = {
    "ˆ": "\u0302", "^": "\u0302", "˜": "\u0303", "~": "\u0303", "¯": "\u0305", "˙": "\u0307", "¨": "\u0308",
    "ˇ": "\u030c", "˘": "\u0306", "´": "\u0301", "`": "\u0300", "˚": "\u030a",
    "\u20d7": "\u20d7", "\u20d6": "\u20d6", "\u20e1": "\u20e1", "\u20db": "\u20db",
}  # fmt: skip
"""As Word knows them: signs that combine with what they stand above."""
NOTHING = "\u200b"
"""In the place of what is empty, where Word would show a dotted box."""
_UNSEEN = str.maketrans("", "", "\u2061\u2062\u2063\u2064")
# Widths from which a gap is at least, in ems.
_GAPS = (
    (1.9, "\u2003\u2003"),
    (0.9, "\u2003"),
    (0.45, "\u2002"),
    (0.25, "\u2005"),
    (0.2, "\u205f"),
    (0.1, "\u2009"),
)
_LETTERS = {"sans": "sans-serif", "mono": "monospace"}


def tag_of(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def text_of(element: etree._Element) -> str:
    return (element.text or "").translate(_UNSEEN).strip()


def sign(element: etree._Element) -> str:
    """A letter, a number, a sign, words or a gap."""
    text = text_of(element)
    match tag_of(element):
        case "mspace":
            return literal(gap(element.get("width", "")))
        case "mtext":
            return literal((element.text or "").replace("\xa0", " "), valued("nor", "1"))
        case "ms":
            return literal(f'"{text}"', valued("nor", "1"))
        case "mo" if text.isalpha():
            return literal(text, valued("sty", "p"))
        case "mi":
            return literal(text or NOTHING, _alphabet(element, text))
        case _:
            return literal(text)


def literal(text: str, look: str = "") -> str:
    if not text:
        return ""
    properties = f"<m:rPr>{look}</m:rPr>" if look else ""
    return f'<m:r>{properties}<m:t xml:space="preserve">{safe(text)}</m:t></m:r>'


def valued(name: str, value: str) -> str:
    """An element that is its value alone."""
    return f'<m:{name} m:val="{quoted(value)}"/>'


def gap(width: str) -> str:
    try:
        ems = float(width.removesuffix("em"))
    except ValueError:
        return ""
    return next((blank for least, blank in _GAPS if ems >= least), "")


def _alphabet(element: etree._Element, text: str) -> str:
    letters = _LETTERS.get(element.get("class", ""), "")
    is_upright = bool(letters) or len(text) > 1 or element.get("mathvariant") == "normal"
    return (valued("scr", letters) if letters else "") + valued("sty", "p") * is_upright
