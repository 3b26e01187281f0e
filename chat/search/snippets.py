"""What of a text is shown of a hit: the surroundings of its first words, with all of them marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from chat.rendering.plain import is_in_code, plain_text
from chat.words import Term, Token, tokens_of, words_of

BEFORE = 80
LENGTH = 280
# A long text is read in stretches up to the first hit, and no further than this.
STRETCH = 2_000
OVERLAP = 300
MAX_READ = 400_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text, and the code points of it that are hits."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def html(self) -> SafeString:
        """With the hits marked; all else is text, whatever it looks like."""
        edges = [0, *(edge for mark in self.marks for edge in mark), len(self.text)]
        pieces = [self.text[start:end] for start, end in zip(edges, edges[1:], strict=False)]
        return format_html_join(
            "",
            "{}",
            (
                (format_html("<mark>{}</mark>", piece) if number % 2 else piece,)
                for number, piece in enumerate(pieces)
                if piece
            ),
        )


def snippet_of(text: str, terms: Sequence[Term], *, is_markdown: bool = False) -> Snippet:
    """The surroundings of the first of `terms` in `text`, or its beginning; of Markdown as plain words."""
    first, last = _stretch(text, terms)
    shown, spans = _shown(text, first, last, terms, is_markdown=is_markdown)
    start, end = _window(shown, spans[0][0] if spans else 0)
    head = "…" if start or first else ""
    tail = "…" if end < len(shown) or last < len(text) else ""
    piece = shown[start:end].strip()
    offset = len(head) - start - (len(shown[start:end]) - len(shown[start:end].lstrip()))
    marks = tuple((left + offset, right + offset) for left, right in spans if left >= start and right <= end)
    return Snippet(f"{head}{piece}{tail}", marks)


def _shown(
    text: str, first: int, last: int, terms: Sequence[Term], *, is_markdown: bool
) -> tuple[str, list[tuple[int, int]]]:
    """That part of the text on one line, and where the terms stand in it."""
    part = text[first:last]
    if is_markdown:
        plain = plain_text(part, in_code=is_in_code(text[:first]), keeps=lambda url: _has(url, terms))
        shown = " ".join(plain.split())
        spans = _spans(tokens_of(shown), terms)
        if spans:
            return shown, spans
    # What is sought may be what is not shown, such as the language of a block of code.
    whole = " ".join(part.split())
    spans = _spans(tokens_of(whole), terms)
    return (whole, spans) if spans or not is_markdown else (shown, [])


def _has(text: str, terms: Sequence[Term]) -> bool:
    words = words_of(text)
    return any(True for term in terms for _span in _finds(words, term))


def _stretch(text: str, terms: Sequence[Term]) -> tuple[int, int]:
    """Where the part of a text is in which the first hit stands; its beginning if there is none."""
    for start in range(0, min(len(text), MAX_READ) if terms else 0, STRETCH):
        part = text[start : start + STRETCH + OVERLAP]
        if _has(part, terms):
            # What stands before it is shown, too.
            return max(0, start - OVERLAP), start + len(part)
    return 0, min(len(text), STRETCH + OVERLAP)


def _window(text: str, hit: int) -> tuple[int, int]:
    """Start and end of what is shown around a hit, at the ends of words where there are any."""
    start = max(0, hit - BEFORE)
    if start:
        space = text.find(" ", start, hit)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + LENGTH)
    if end < len(text):
        space = text.rfind(" ", hit + BEFORE, end)
        end = space if space > 0 else end
    return start, end


def _spans(tokens: Sequence[Token], terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand, in order; what overlaps is one."""
    found = [
        (tokens[first].start, _end(tokens, last, term))
        for term in terms
        for first, last in _finds([token.word for token in tokens], term)
    ]
    spans: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    return spans


def _end(tokens: Sequence[Token], last: int, term: Term) -> int:
    """Where a hit ends; of a pair that was found by its first character alone, after that."""
    following = tokens[last + 1].start if last + 1 < len(tokens) else tokens[last].end
    is_half = term.is_open and len(term.words[-1]) == 1 and following < tokens[last].end
    return following if is_half else tokens[last].end


def _finds(words: Sequence[str], term: Term) -> Iterator[tuple[int, int]]:
    """The numbers of the first and the last word of each hit."""
    count = len(term.words)
    head, last = term.words[:-1], term.words[-1]
    for at in range(len(words) - count + 1):
        word = words[at + count - 1]
        if (word == last or (term.is_open and word.startswith(last))) and tuple(
            words[at : at + count - 1]
        ) == head:
            yield at, at + count - 1
