"""The gaps in a formula, as TeX leaves them: around functions, signs and bars, and none within a script."""

from __future__ import annotations

from xml.etree.ElementTree import Element

LIMITS = frozenset(
    ["lim", "max", "min", "sup", "inf", "det", "gcd", "Pr", "lim sup", "lim inf", "arg max", "arg min"]
)
FUNCTIONS = LIMITS | {
    "arccos", "arcsin", "arctan", "arg", "argmax", "argmin", "cos", "cosh", "cot", "coth", "csc", "deg",
    "diag", "dim", "exp", "hom", "ker", "lg", "ln", "log", "rank", "sec", "sgn", "sin", "sinc", "sinh",
    "softmax", "tan", "tanh", "tr", "Cov", "Var",
}  # fmt: skip
OPENING, CLOSING, BARS = frozenset("([{⟨⌈⌊"), frozenset(")]}⟩⌉⌋"), frozenset("|‖")
SIGNS = frozenset("+−±∓-")
THIN = "0.167em"
SCRIPTED = frozenset(["msub", "msup", "msubsup", "munder", "mover", "munderover"])


def space(root: Element) -> None:
    for element in root.iter():
        if element.tag in ("mrow", "mtd", "mstyle", "math", "msqrt"):
            _space(list(element))
        elif element.tag in SCRIPTED:
            _close_up(element)


def _space(row: list[Element]) -> None:
    """The gaps that TeX puts around functions, signs and bars."""
    for place, element in enumerate(row):
        core = _core(element)
        if core is None:
            continue
        before = row[place - 1] if place else None
        after = row[place + 1] if place + 1 < len(row) else None
        text = core.text or ""
        if text in FUNCTIONS:
            core.set("lspace", THIN if before is not None and _is_word(before) else "0")
            core.set(
                "rspace", THIN if after is not None and (_is_word(after) or _is_function(after)) else "0"
            )
        elif text in SIGNS:
            if before is None or (_is_mo(before) and not _closes(before)):
                core.set("form", "prefix")
        elif core.get("minsize"):  # \big(
            core.set("stretchy", "true")
        elif core.get("fence") != "true" and (text in BARS or text in OPENING or text in CLOSING):
            core.set("stretchy", core.get("stretchy", "true" if _holds_table(before, after) else "false"))
            core.set("lspace", "0")
            core.set("rspace", "0")
        elif text == ":" and after is not None and after.text == "=":
            core.set("lspace", "0.278em")
            core.set("rspace", "0")
            after.set("lspace", "0")
        elif text == "," and len(row) == 1:  # 1{,}000
            core.tag = "mtext"


def _close_up(element: Element) -> None:
    """Within a script nothing stands apart: `i=1`, not `i = 1`."""
    for script in list(element)[1:]:
        for operator in script.iter("mo"):
            if not (operator.get("lspace") or operator.text in FUNCTIONS or script is operator):
                operator.set("lspace", "0")
                operator.set("rspace", "0")


def _core(element: Element) -> Element | None:
    """The operator that the element is, with or without scripts."""
    if element.tag in SCRIPTED and len(element):
        element = element[0]
    return element if element.tag == "mo" else None


def _is_mo(element: Element) -> bool:
    return element.tag in ("mo", "mspace")


def _is_word(element: Element) -> bool:
    """Stands apart from a function before or behind it, as operators and brackets do not."""
    return not _is_mo(element) and _core(element) is None


def _is_function(element: Element) -> bool:
    core = _core(element)
    return core is not None and core.text in FUNCTIONS


def _closes(element: Element) -> bool:
    return (
        element.text in CLOSING
        or element.text in BARS
        or element.text in ("!", "%")
        or element.tag == "mspace"
    )


def _holds_table(before: Element | None, after: Element | None) -> bool:
    return any(element is not None and element.tag == "mtable" for element in (before, after))
