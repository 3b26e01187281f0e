"""How headings, rules, fences, formulas, indented code and tables begin; what goes on in verbatim ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chat.rendering.lines import Cursor
from chat.rendering.nodes import Node, Opened
from chat.rendering.tables import parse_delimiters, split_row

if TYPE_CHECKING:
    from chat.rendering.blocks import BlockParser

_HEADING = re.compile(r"(#{1,6})(?=[ \t]|$)")
_RULE = re.compile(r"([-*_])(?:[ \t]*+\1){2,}[ \t]*+$")
_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$", re.DOTALL)
_CLOSES = {"$$": "$$", r"\[": r"\]"}


def start_heading(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    text = cursor.rest.strip(" \t")
    if not (match := _HEADING.match(text)):
        return "no"
    title = text[match.end() :].strip(" \t")
    bare = title.rstrip("#")
    if bare != title and (not bare or bare[-1] in " \t"):
        title = bare.rstrip(" \t")
    parser.close_to(matched)
    parser.add(Node("heading", number=len(match[1]), lines=[title]))
    return "leaf"


def start_setext(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    text = cursor.rest.strip(" \t")
    paragraph = parser.in_paragraph(matched)
    if paragraph is None or text.strip(text[0]):
        return "no"
    parser.close_to(matched)  # definitions leave the paragraph now
    if paragraph.kind == "void":
        return "no"
    paragraph.kind, paragraph.number = "heading", 1 if text[0] == "=" else 2
    paragraph.end = parser.line_number
    return "leaf"


def start_rule(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    if not _RULE.match(cursor.rest.lstrip(" \t")):
        return "no"
    parser.close_to(matched)
    parser.add(Node("rule"))
    return "leaf"


def start_fence(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    match = _FENCE.match(cursor.rest.lstrip(" \t"))
    if not match:
        return "no"
    marker, info = match[1] or match[3], match[2] or match[4] or ""
    parser.close_to(matched)
    words = info.replace("{", " ").replace("}", " ").split()
    language = words[0].lstrip(".") if words else ""
    parser.add_leaf(Node("fence", marker=marker, offset=cursor.indent(), info=language))
    return "leaf"


def start_math(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    text = cursor.rest.strip(" \t")
    if text[:2] not in _CLOSES:
        return "no"
    marker, rest = text[:2], text[2:]
    close = _CLOSES[marker]
    if close in rest and not (rest.endswith(close) and rest.count(close) == 1):
        return "no"  # a formula within a sentence
    if marker == r"\[" and close not in rest and rest[:1] not in ("", " ", "\t"):
        return "no"  # an escaped bracket
    parser.close_to(matched)
    parser.add_leaf(Node("math", marker=marker, lines=[text]))
    if rest.endswith(close):
        _close_math(parser)
    return "leaf"


def continue_verbatim(parser: BlockParser, leaf: Node, cursor: Cursor) -> None:
    """A line within a fence or a formula."""
    leaf.end = parser.line_number
    text = cursor.rest.strip(" \t")
    if leaf.kind == "math":
        if not text:
            parser.close_to(len(parser.stack))
            return
        leaf.lines.append(text)
        if text.endswith(_CLOSES[leaf.marker]):
            _close_math(parser)
    elif len(text) >= len(leaf.marker) and not text.strip(leaf.marker[0]) and cursor.indent() < 4:
        parser.leaf = None
    else:
        cursor.drop(leaf.offset)
        leaf.lines.append(cursor.rest)


def _close_math(parser: BlockParser) -> None:
    assert parser.leaf is not None
    parser.leaf.info = "closed"
    parser.leaf = None


def start_indented(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    leaf = parser.leaf
    if leaf is not None and leaf.kind == "paragraph":
        return "no"
    cursor.drop(4)
    if leaf is not None and leaf.kind == "indented" and matched == len(parser.stack):
        leaf.lines.append(cursor.rest)
        leaf.end = parser.line_number
    else:
        parser.close_to(matched)
        parser.add_leaf(Node("indented", lines=[cursor.rest]))
    return "leaf"


def start_table(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    paragraph = parser.in_paragraph(matched)
    aligns = parse_delimiters(cursor.rest) if paragraph else None
    if not paragraph or not aligns or len(split_row(paragraph.lines[-1])) != len(aligns):
        return "no"
    header = paragraph.lines.pop()
    start = paragraph.end
    if paragraph.lines:
        paragraph.end -= 1
        parser.close_to(matched)
    else:
        parser.leaf = None
        parser.stack[-1].children.pop()
    parser.add_leaf(Node("table", start=start, end=parser.line_number, lines=[header], aligns=aligns))
    return "leaf"
