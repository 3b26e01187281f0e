"""Which blocks may begin with which character, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chat.rendering.containers import start_definition, start_footnote, start_item, start_quote
from chat.rendering.leaves import (
    start_fence,
    start_heading,
    start_indented,
    start_math,
    start_rule,
    start_setext,
    start_table,
)
from chat.rendering.lines import Cursor
from chat.rendering.nodes import Opened

if TYPE_CHECKING:
    from chat.rendering.blocks import BlockParser

Start = Callable[["BlockParser", Cursor, int], Opened]

_BY_CHARACTER: dict[str, tuple[Start, ...]] = {
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


def openings(cursor: Cursor) -> tuple[Start, ...]:
    """What this line, which is not blank, may open."""
    if cursor.indent() >= 4:
        return (start_indented,)
    return _BY_CHARACTER.get(cursor.rest.lstrip(" \t")[0], ())
