"""Markdown as the words that a person reads: those of the page, and no signs.

Proves B5.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

import pytest

from chat.rendering import render
from chat.rendering.plain import plain_text
from chat.words import words_of
from tests.chat.rendering import corpus

# What the page draws and does not write: boxes of tasks, and numbers of lists.
DRAWN = re.compile(r"[☐☑]|\d")


def on_the_page(source: str) -> str:
    within_words = re.sub(r"</?(?:strong|em|del|code|a|span)\b[^>]*>", "", render(source))
    return unescape(re.sub("<[^>]+>", " ", within_words))


@pytest.mark.parametrize("seed", range(12))
def test_of_a_reply_it_has_the_words_of_the_page_and_no_signs(seed: int) -> None:
    source = corpus.reply(seed)
    plain = plain_text(source)
    more = Counter(words_of(plain)) - Counter(words_of(on_the_page(source)))
    assert [word for word in more if not DRAWN.fullmatch(word)] == []
    without_code = plain_text(re.sub(r"^ *```.*?^ *```$", "", source, flags=re.DOTALL | re.MULTILINE))
    assert not re.findall(r"\*\*|\]\(|`|^#+ |^\||\|$", without_code, re.MULTILINE)
