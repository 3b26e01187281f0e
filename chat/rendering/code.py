"""Code blocks: highlighted, named, with their buttons. A span per run of equal style, none for plain text."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from itertools import groupby

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import (
    Comment,
    Error,
    Generic,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    String,
    Token,
    _TokenType,
)  # fmt: skip
from pygments.util import ClassNotFound

HIGHLIGHT_LIMIT = 60_000
LINE_LIMIT = 4_000
"""Characters beyond which code is shown plain: some lexers are slow on long or minified text."""

STYLES: dict[_TokenType, str] = {
    Comment: "c",
    Comment.Preproc: "cp",
    Error: "",
    Generic.Deleted: "gd",
    Generic.Emph: "ge",
    Generic.Heading: "gh",
    Generic.Inserted: "gi",
    Generic.Output: "go",
    Generic.Prompt: "gp",
    Generic.Strong: "gs",
    Generic.Subheading: "gh",
    Generic.Traceback: "gt",
    Keyword: "k",
    Keyword.Type: "kt",
    Literal: "s",
    Name.Attribute: "na",
    Name.Builtin: "nb",
    Name.Class: "nc",
    Name.Constant: "no",
    Name.Decorator: "nd",
    Name.Exception: "nc",
    Name.Function: "nf",
    Name.Namespace: "nn",
    Name.Tag: "nt",
    Name.Variable: "nv",
    Number: "m",
    Operator.Word: "k",
    String: "s",
    String.Escape: "se",
    String.Interpol: "si",
    String.Regex: "sr",
}
"""The token types that look different; a type not listed looks like its parent."""

CODE_STYLES = frozenset(filter(None, STYLES.values()))
"""The classes that highlight.css colours."""


# Kept with the text, so they say nothing in any language: the page that shows them has the words.
BUTTONS = (
    '<button type="button" data-code="wrap" aria-labelledby="say-wrap"></button>'
    '<button type="button" data-code="lines" aria-labelledby="say-lines"></button>'
    '<button type="button" data-copy="" aria-labelledby="say-copy"></button>'
)


@lru_cache(maxsize=512)
def style_of(token: _TokenType) -> str:
    kind: _TokenType | None = token
    while kind is not None and kind is not Token:
        if kind in STYLES:
            return STYLES[kind]
        kind = kind.parent
    return ""


@lru_cache(maxsize=128)
def find_lexer(language: str) -> Lexer | None:
    """The lexer of a fence's word. Languages are never guessed: it costs 37 times as much."""
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False) if language else None
    except ClassNotFound:
        return None


def render_code(source: str, language: str) -> str:
    """A whole code block."""
    return _shell(_highlight(source, language), language)


def render_open_code(source: str, language: str) -> str:
    """A code block that is still being written: the same shell, not highlighted yet."""
    return _shell(escape(source, quote=False), language)


def _shell(code: str, language: str) -> str:
    lexer = find_lexer(language.lower()) if len(language) < 40 else None
    name = lexer.name if lexer else language[:40]
    return (
        f'<figure class="code" data-lang="{escape(language.lower()[:40] or "text")}">'
        f'<figcaption><span class="code-lang">{escape(name or "Text")}</span>'
        f"{BUTTONS}</figcaption>"
        f'<pre tabindex="0"><code>{code}</code></pre></figure>'
    )


def _highlight(source: str, language: str) -> str:
    lexer = find_lexer(language.lower()) if len(language) < 40 else None
    is_too_long = len(source) > HIGHLIGHT_LIMIT or max(map(len, source.split("\n"))) > LINE_LIMIT
    if lexer is None or is_too_long:
        return escape(source, quote=False)
    pieces = []
    for style, tokens in groupby(lexer.get_tokens(source), key=lambda token: style_of(token[0])):
        text = escape("".join(value for _, value in tokens), quote=False)
        pieces.append(f'<span class="{style}">{text}</span>' if style else text)
    return "".join(pieces)
