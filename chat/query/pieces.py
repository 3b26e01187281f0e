"""How what is typed falls into words, phrases and filters, and how a value with quotes is written."""

from __future__ import annotations

import re

from chat.query.keys import KEYS

# What was opened by straight quotes is closed by them, and by curly ones, whichever, by curly ones.
_CURLY = "“”„‟«»＂"
# In the value of a filter a backslash stands before a quote that is part of it.
_QUOTED = rf'"(?:\\.|[^"\\])*"?|[{_CURLY}](?:\\.|[^{_CURLY}\\])*[{_CURLY}]?'
_ESCAPED = re.compile(rf'\\(["\\{_CURLY}])')
# Two hyphens begin no exclusion but something like "--amend".
PIECE = re.compile(
    rf"(?P<minus>-(?!-)|)(?:(?P<key>{'|'.join(KEYS)}):(?P<value>{_QUOTED}|\S*)"
    rf'|(?P<phrase>"[^"]*"?|[{_CURLY}][^{_CURLY}]*[{_CURLY}]?)|(?P<word>\S+))',
    re.IGNORECASE | re.DOTALL,
)


def unquoted(value: str) -> str:
    """The value of a filter as it is meant; where a quote is not closed yet, what stands behind it."""
    if not re.match(rf'["{_CURLY}]', value):
        return value
    closed = re.fullmatch(rf'"(?:\\.|[^"\\])*"|[{_CURLY}](?:\\.|[^{_CURLY}\\])*[{_CURLY}]', value, re.DOTALL)
    return _ESCAPED.sub(r"\1", value[1:-1] if closed else value[1:]).strip()


def quoted(value: str) -> str:
    """A value as one types it: in quotes where it would not be read as one whole without them."""
    if not re.search(rf'[\s"{_CURLY}]', value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
