"""A reply's failure as its row keeps it: in English for programs, and what a translation needs beside it."""

from __future__ import annotations

from typing import Any

from chat.phrases import Phrase, kept
from chat.text import clean_text


def failure_of(title: str, detail: str, *, is_retryable: bool) -> dict[str, Any]:
    """The words are partly a stranger's."""
    said = {"title": kept(title, clean_text), "detail": kept(detail, clean_text)}
    return {
        "title": clean_text(title),
        "detail": clean_text(detail),
        "retryable": is_retryable,
        "said": {name: words for name, words in said.items() if words},
    }


OUR_FAULT = failure_of(
    Phrase("Something went wrong here"),
    Phrase("The reply could not be made because of a fault in Parley itself. It has been logged."),
    is_retryable=True,
)
# Title and detail.
EMPTY = (
    Phrase("The reply was empty"),
    Phrase("The model ended without writing anything that can be shown."),
)
