"""How each kind of block begins and goes on. One function per kind, tried by the line's first character."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from chat.rendering.lines import Cursor
from chat.rendering.nodes import Node
from chat.rendering.tables import parse_delimiters, split_row

if TYPE_CHECKING:
    from chat.rendering.blocks import BlockParser

Opened = Literal["no", "leaf", "container"]
MAX_DEPTH = 24
"""Containers within containers; markers beyond are shown as text, so recursion stays shallow."""

_HEADING = re.compile(r"(#{1,6})(?=[ \t]|$)")
_RULE = re.compile(r"([-*_])(?:[ \t]*+\1){2,}[ \t]*+$")
_ITEM = re.compile(r"(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)")
_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,99})\]:")
_CLOSES = {"$$": "$$", r"\[": r"\]"}


def continues(node: Node, cursor: Cursor, leaf: Node | None) -> bool:
    """Whether this line still belongs to an open container; takes the container's marker off the line."""
    match node.kind:
        case "quote":
            return _take_quote_marker(cursor)
        case "item" | "definition" | "footnote":
            if cursor.is_blank:
                return bool(node.children)
            if cursor.indent() < node.offset:
                return False
            cursor.drop(node.offset)
    return True


def _take_quote_marker(cursor: Cursor) -> bool:
    indent = cursor.indent()
    if indent > 3 or not cursor.rest.startswith(">", len(cursor.rest) - len(cursor.rest.lstrip(" \t"))):
        return False
    cursor.drop(indent)
    cursor.take(1)
    if cursor.rest[:1] in (" ", "\t"):
        cursor.drop(1)
    return True


def _may_nest(parser: BlockParser, matched: int) -> bool:
    return matched < MAX_DEPTH


def start_quote(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    if not _may_nest(parser, matched):
        return "no"
    _take_quote_marker(cursor)
    parser.close_to(matched)
    parser.add_container(Node("quote"))
    return "container"


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


def start_item(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    text = cursor.rest.lstrip(" \t")
    match = _ITEM.match(text)
    if not match or not _may_nest(parser, matched):
        return "no"
    is_empty = not text[match.end() :].strip(" \t")
    if parser.in_paragraph(matched) and (is_empty or (match[1] and int(match[1]) != 1)):
        return "no"
    indent = cursor.indent()
    cursor.drop(indent)
    cursor.take(match.end())
    space = cursor.indent()
    padding = 1 if is_empty or space > 4 else space
    cursor.drop(padding)
    parser.close_to(matched)
    marker = match[0][-1]
    if parser.stack[-1].kind != "list" or parser.stack[-1].marker != marker:
        parser.add_container(Node("list", marker=marker, number=int(match[1] or 0)))
    parser.add_container(Node("item", offset=indent + match.end() + padding))
    return "container"


def start_footnote(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    match = _FOOTNOTE.match(cursor.rest.lstrip(" \t"))
    if not match or not _may_nest(parser, matched):
        return "no"
    cursor.drop(cursor.indent())
    cursor.take(match.end())
    cursor.drop(cursor.indent())
    parser.close_to(matched)
    note = Node("footnote", info=match[1], offset=4)
    parser.add_container(note)
    parser.footnotes.setdefault(match[1].casefold(), note)
    return "container"


def start_definition(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    text = cursor.rest.lstrip(" \t")
    paragraph = parser.in_paragraph(matched)
    is_next = parser.leaf is None and parser.stack[matched - 1].kind == "definitions"
    is_next = is_next or (matched < len(parser.stack) and parser.stack[matched - 1].kind == "definitions")
    if text[1:2] not in (" ", "\t") or not text[1:].strip() or not (paragraph or is_next) or not _may_nest(parser, matched):
        return "no"
    indent = cursor.indent()
    cursor.drop(indent)
    cursor.take(1)
    space = min(cursor.indent(), 3)
    cursor.drop(space)
    parser.close_to(matched)
    if paragraph is not None:
        if paragraph.kind == "void":
            return "no"
        _open_definitions(parser, paragraph)
    parser.add_container(Node("definition", offset=indent + 1 + space))
    return "container"


def _open_definitions(parser: BlockParser, paragraph: Node) -> None:
    """Turns the paragraph just closed into terms, of the definition list before it if there is one."""
    siblings = parser.stack[-1].children
    siblings.remove(paragraph) if siblings[-1] is not paragraph else siblings.pop()
    if siblings and siblings[-1].kind == "definitions":
        parser.stack.append(siblings[-1])
    else:
        parser.add_container(Node("definitions", start=paragraph.start))
    for line in paragraph.lines:
        parser.add(Node("term", start=paragraph.start, end=paragraph.end, lines=[line]))


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


STARTS: dict[str, tuple[Callable[[BlockParser, Cursor, int], Opened], ...]] = {
    ">": (start_quote,),
    "#": (start_heading,),
    "`": (start_fence,),
    "~": (start_fence,),
    "$": (start_math,),
    "\\": (start_math,),
    "=": (start_setext,),
    "-": (start_setext, start_table, start_rule, start_item),
    "*": (start_rule, start_item),
    "_": (start_rule,),
    "+": (start_item,),
    "|": (start_table,),
    ":": (start_table, start_definition),
    "[": (start_footnote,),
    **dict.fromkeys("0123456789", (start_item,)),
}
