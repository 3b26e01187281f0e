"""LaTeX as the converter reads it: what models write, said in the words that it knows."""

from __future__ import annotations

import re

_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+\*?)\}")
_SAME = {
    "align": "align*", "aligned": "split", "alignat": "align*", "alignat*": "align*", "alignedat": "split",
    "eqnarray": "align*", "eqnarray*": "align*", "gather": "matrix", "gather*": "matrix",
    "gathered": "matrix", "multline": "matrix", "multline*": "matrix", "dcases": "cases", "array*": "array",
    "equation": "", "equation*": "", "math": "", "displaymath": "",
}  # fmt: skip
"""The environments that it does not know, or numbers, by one that looks the same; "" for none at all."""

_NOT = {
    "=": r"\neq", r"\in": r"\notin", r"\equiv": "≢", r"\approx": "≉", r"\sim": "≁", r"\exists": r"\nexists",
    r"\leq": r"\nleq", r"\le": r"\nleq", r"\geq": r"\ngeq", r"\ge": r"\ngeq", "<": r"\nless", ">": r"\ngtr",
    r"\cong": r"\ncong", r"\mid": r"\nmid", r"\parallel": r"\nparallel", r"\subseteq": r"\nsubseteq",
}  # fmt: skip
_NEGATED = re.compile(r"\\not\s*(\\[A-Za-z]+|[=<>])")
_SPACES = {"enspace": r"\hspace{0.5em}", "enskip": r"\hspace{0.5em}", "thinspace": r"\,", "newline": r"\\"}
_SPACE = re.compile(r"\\(enspace|enskip|thinspace|newline)(?![A-Za-z])")
_SILENT = re.compile(
    r"\\(?:label|require)\s*\{[^{}]*\}|\\(?:nonumber|notag|allowbreak|displaylimits)(?![A-Za-z])"
)
_TAG = re.compile(r"\\tag\*?\s*\{([^{}]*)\}")
_ARG = re.compile(
    r"\\operatorname\*?\s*\{\s*arg\s*(?:\\[,;: ]|~)?\s*(max|min)\s*\}|\\arg\s*\\(max|min)(?![A-Za-z])"
)
_NAMED = re.compile(r"\\(arg|sgn|tr|rank|diag|Var|Cov|sinc)(?![A-Za-z])")
_COLUMNS = re.compile(r"(\\begin\{array\}\s*)(?:\[[tbc]\]\s*)?\{((?:[^{}]|\{[^{}]*\})*)\}")
_COUNT = re.compile(r"(\\begin\{(?:align\*|split)\})\s*\{\d+\}")
_BETWEEN = re.compile(r"[@!>pmb]\s*\{[^{}]*\}")


def prepare(source: str) -> str:
    """The same formula in the converter's own words."""
    source = _SILENT.sub("", source)
    source = _SPACE.sub(lambda match: _SPACES[match[1]], source)
    source = _ARG.sub(lambda match: rf"\arg{match[1] or match[2]}" + " ", source)
    source = _NAMED.sub(r"\\operatorname{\1}", source)
    source = _NEGATED.sub(lambda match: _NOT.get(match[1], match[0]) + " ", source)
    source = _ENVIRONMENT.sub(_rename, source)
    source = _COUNT.sub(r"\1", source)
    source = _COLUMNS.sub(lambda match: f"{match[1]}{{{_BETWEEN.sub(_column, match[2])}}}", source)
    return _move_tag(source)


def _rename(match: re.Match[str]) -> str:
    name = _SAME.get(match[2], match[2])
    return rf"\{match[1]}{{{name}}}" if name else " "


def _column(match: re.Match[str]) -> str:
    """A column of a width is a column; what stands between two is nothing that is shown."""
    return "l" if match[0][0] in "pmb" else ""


def _move_tag(source: str) -> str:
    """A number stands behind its formula, wherever it was written."""
    if not (tag := _TAG.search(source)):
        return source
    return rf"{_TAG.sub('', source)}\qquad\text{{({tag[1]})}}"
