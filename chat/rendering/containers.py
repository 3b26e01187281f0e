"""How quotes, list items, footnotes and definitions begin, and whether a line still belongs to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chat.rendering.lines import Cursor
from chat.rendering.nodes import Node, Opened

if TYPE_CHECKING:
    from chat.rendering.blocks import BlockParser

MAX_DEPTH = 24
"""Containers within containers; markers beyond are shown as text, so recursion stays shallow."""

_ITEM = re.compile(r"(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,99})\]:")


def continues(node: Node, cursor: Cursor) -> bool:
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


def start_quote(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    if matched >= MAX_DEPTH:
        return "no"
    _take_quote_marker(cursor)
    parser.close_to(matched)
    parser.add_container(Node("quote"))
    return "container"


def start_item(parser: BlockParser, cursor: Cursor, matched: int) -> Opened:
    text = cursor.rest.lstrip(" \t")
    match = _ITEM.match(text)
    if not match or matched >= MAX_DEPTH:
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
    if not match or matched >= MAX_DEPTH:
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
    if (
        text[1:2] not in (" ", "\t")
        or not text[1:].strip()
        or not (paragraph or is_next)
        or matched >= MAX_DEPTH
    ):
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
    siblings.pop()
    if siblings and siblings[-1].kind == "definitions":
        parser.stack.append(siblings[-1])
    else:
        parser.add_container(Node("definitions", start=paragraph.start))
    for line in paragraph.lines:
        parser.add(Node("term", start=paragraph.start, end=paragraph.end, lines=[line]))
