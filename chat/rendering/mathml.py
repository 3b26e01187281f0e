"""MathML as browsers draw it: what the converter leaves to attributes that none of them knows."""

from __future__ import annotations

import unicodedata
from html import unescape
from xml.etree.ElementTree import Element

from chat.rendering.alphabets import styled
from chat.rendering.gaps import BARS, FUNCTIONS, LIMITS, SCRIPTED, THIN, space

SUMS = frozenset("∑∏∐⋂⋃⨀⨁⨂⨄⨆⋀⋁")
ORDINARY = frozenset("∞∂∅∇△□◻%&#$")
ACCENTS = {
    "^": "ˆ", "~": "˜", "¯": "¯", "―": "¯", "→": "\u20d7", "←": "\u20d6", "↔": "\u20e1", "˙": "˙", "¨": "¨",
    "ˇ": "ˇ", "˘": "˘", "´": "´", "`": "`", "˚": "˚", "\u20db": "\u20db", "⏞": "⏞", "⏟": "⏟",
}  # fmt: skip
"""What stands above one letter. The arrows and braces grow with what is below them; nothing else does."""
GROWING = frozenset("\u20d7\u20d6\u20e1⏞⏟")
LINES = {"mover": "overlined", "munder": "underlined"}
SIMILAR = {"~": "∼", "⧵": "∖", "⟂": "⊥", "◻": "□", "◼": "■", "⤳": "⇝", "∎": "■"}
"""Signs that our font has under another number."""
FAMILIES = {"sans-serif": "sans", "bold-sans-serif": "sans", "monospace": "mono"}
FOUND = ("sans-serif", "monospace")
PRIMES = frozenset("′″‴⁗")
_SCRIPTS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}


def mend(root: Element) -> None:
    """Changes the tree in place."""
    for element in list(root.iter()):
        _mend_text(element)
    for element in list(root.iter()):
        _mend_scripts(element)
        _mend_structure(element)
    space(root)


def _mend_text(element: Element) -> None:
    """Letters of an alphabet as the letters that Unicode has for it; operators as operators."""
    raw = element.text or ""
    text = unescape(raw).replace("\u2006", " ").replace("\u2009", " ")
    element.text = text or None
    is_plain = element.tag == "mi" and raw != text and len(text) == 1 and text.isascii() and text.isalpha()
    if is_plain or (element.tag == "mi" and "\u0391" <= text <= "\u03a9"):
        element.set("mathvariant", "normal")  # \mathrm{d}, and capital Greek letters
    elif element.get("mathvariant", "normal") != "normal" or (len(text) == 1 and text >= "\U0001d5a0"):
        _mend_letters(element, text, element.attrib.pop("mathvariant", ""))
    elif element.tag == "mi" and (text in FUNCTIONS or _is_operator(text)):
        element.tag = "mo"
        element.text = SIMILAR.get(text, text)
    elif element.tag == "mo" and text in ORDINARY:
        element.tag = "mi"
        element.attrib |= {"mathvariant": "normal"} if text == "∇" else {}
    elif element.tag == "mo" and len(element):  # \mathop{\mathrm{lim}}
        element.text = unescape("".join(element.itertext()))
        element[:] = []


def _mend_letters(element: Element, text: str, variant: str) -> None:
    """Our font has all alphabets but those without serifs: these are of the page's own fonts."""
    if not variant and text < "\U0001d6a4":
        variant, text = FOUND[text >= "\U0001d670"], unicodedata.normalize("NFKC", text)
    if variant in FAMILIES:
        element.attrib |= {"class": FAMILIES[variant], "mathvariant": "normal"}
    element.text = text if variant in FAMILIES else styled(text, variant)


def _is_operator(text: str) -> bool:
    if len(text) != 1 or text in ORDINARY:
        return False
    is_arrow = "\u2190" <= text <= "\u21ff" or "\u27f0" <= text <= "\u297f"
    return text in ":•~" or is_arrow or unicodedata.category(text) in ("Sm", "Ps", "Pe") or text in BARS


def _mend_scripts(element: Element) -> None:
    """Limits stand above and below in a formula of its own, beside in a line; accents sit close."""
    if element.tag not in SCRIPTED or len(element) < 2:
        return
    _gather_base(element)
    base = element[0]
    if element.tag == "msup" and element[1].text in PRIMES:  # as a script it would be raised and small twice
        element.tag = "mrow"
        element[1].tag = "mo"
        element[1].attrib = {"lspace": "0", "rspace": "0"}
    elif element.tag in _SCRIPTS and base.tag == "mo" and (base.text in SUMS or base.text in LIMITS):
        element.tag = _SCRIPTS[element.tag]
        base.set("movablelimits", "true")
    elif element.tag in ("mover", "munder") and element[1].tag == "mo" and element[1].text in ACCENTS:
        _mend_accent(element, base, element[1])


def _gather_base(element: Element) -> None:
    """The brackets and the table of a matrix to a power are one base."""
    surplus = len(element) - (3 if element.tag in ("msubsup", "munderover") else 2)
    if surplus > 0:
        base = Element("mrow")
        base.extend(element[: surplus + 1])
        element[: surplus + 1] = [base]


def _mend_accent(element: Element, base: Element, accent: Element) -> None:
    is_long = sum(1 for leaf in base.iter() if leaf.text) > 1
    sign = accent.text or ""
    if sign in "¯―" and (is_long or element.tag == "munder"):
        element.set("class", LINES[element.tag])
        element.tag = "mrow"
        element.attrib.pop("accent", None)
        element.remove(accent)
        return
    accent.text = sign if is_long and sign in "^~" else ACCENTS[sign]
    accent.attrib.clear()
    accent.set("stretchy", "true" if accent.text in GROWING else "false")
    element.set("accent" if element.tag == "mover" else "accentunder", "true")


def _mend_structure(element: Element) -> None:
    match element.tag:
        case "mrow" | "math" | "mstyle":
            _join_letters(element)
            _break_lines(element)
        case "mspace" if element.get("width") == "negativethinmathspace":
            element.set("width", f"-{THIN}")
        case "mpadded" if element.get("width", "").startswith("+"):  # the words above an arrow
            element.tag = "mrow"
            element.attrib.clear()
            element[:] = [
                Element("mspace", {"width": "0.4em"}),
                element[0],
                Element("mspace", {"width": "0.4em"}),
            ]
        case "mtable":
            _rule_table(element)


def _join_letters(row: Element) -> None:
    """`\\mathrm{softmax}` is one word, not seven variables."""
    letters = [child for child in row if child.tag == "mi" and child.attrib == {"mathvariant": "normal"}]
    if len(row) > 1 and len(letters) == len(row):
        word = Element("mi")
        word.text = "".join(child.text or "" for child in row)
        row[:] = [word]


def _break_lines(row: Element) -> None:
    """Browsers break no line within a formula: `a \\\\ b` becomes a table of one column."""
    children = list(row)
    if not any(child.get("linebreak") for child in children):
        return
    table = Element("mtable", {"displaystyle": "true"})
    cell: Element | None = None
    for child in children:
        if cell is None or child.get("linebreak"):
            line = Element("mtr")
            cell = Element("mtd")
            line.append(cell)
            table.append(line)
        if not child.get("linebreak"):
            cell.append(child)
    row[:] = [table]


def _rule_table(table: Element) -> None:
    """Its lines and its alignment are classes, which prose.css draws."""
    if table.get("columnspacing", "").startswith("0em"):
        table.set("class", "aligned")
    columns, rows = table.get("columnlines", "").split(), table.get("rowlines", "").split()
    for number, row in enumerate(table):
        above = number and rows and rows[min(number, len(rows)) - 1] != "none"
        for place, cell in enumerate(row):
            before = place and columns and columns[min(place, len(columns)) - 1] != "none"
            classes = ["ruled-above"] * bool(above) + ["ruled-before"] * bool(before)
            if classes:
                cell.set("class", " ".join(classes))
