"""A long conversation in parts, each laid out by itself: the memory that one takes grows with its length."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chat.phrases import Phrase
from chat.starts import unmarked
from exports.content.articles import Articles
from exports.content.bodies import escaped
from exports.content.transcript import Entry
from exports.formats.contract import CannotWrite
from exports.formats.pdf.cutting import cut
from exports.formats.pdf.documents import Line, document
from exports.formats.pdf.dressing import dressed
from exports.printing.press import Press
from exports.printing.sheaves import Job, Sheaf

MESSAGES = 100
LENGTH = 500_000
"""Characters of HTML after which a part ends even if it has fewer messages; pictures apart."""
PICTURES = 30_000_000
"""The same for pictures, of which a character is less than a byte."""
LABEL = 90
_PICTURE = re.compile('src="data:[^"]*"')


@dataclass(frozen=True, slots=True)
class Piece:
    """A message, or what of a very long one is laid out together."""

    line: Line
    is_question: bool
    html: str
    # It goes on with the message of the piece before it, on a page of its own.
    is_on: bool = False


def label_of(entry: Entry) -> str:
    """The words of its first line, or of what follows where that has none."""
    lines = unmarked(entry.text[:400]).split("\n")
    words = next(filter(None, (" ".join(line.split()) for line in lines)), "")
    return f"{words[:LABEL].rstrip()}…" if len(words) > LABEL else words


def pieces_of(entry: Entry, articles: Articles) -> Iterator[Piece]:
    words = label_of(entry)
    line = Line(entry.number, escaped(words or entry.speaker), entry.anchor)
    label = f"{entry.number}. {entry.speaker}" + (f": {words}" if words else "")
    is_question = entry.message.role == "user"
    for place, html in enumerate(cut(dressed(articles.whole(entry), label))):
        yield Piece(line, is_question, html, is_on=place > 0)


def parts_of(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    part: list[Piece] = []
    length = pictures = 0
    for piece in pieces:
        drawn = sum(map(len, _PICTURE.findall(piece.html)))
        length += len(piece.html) - drawn
        pictures += drawn
        if part and (piece.is_on or len(part) == MESSAGES or length > LENGTH or pictures > PICTURES):
            yield part
            part, length, pictures = [], len(piece.html) - drawn, drawn
        part.append(piece)
    if part:
        yield part


class Printing:
    """Has parts laid out; of one that cannot be, each message by itself, which tells what is in the way."""

    def __init__(self, press: Press, title: str) -> None:
        self._press = press
        self._title = title
        self._jobs: list[Job | list[Job]] = []

    def put(self, part: list[Piece], head: str = "") -> None:
        self._mend()
        self._jobs.append(self._press.put(self._document(head, part), (head, part)))

    def finish(self) -> list[Sheaf]:
        self._press.finish()
        self._mend()
        self._press.finish()
        return [sheaf for job in self._jobs for sheaf in self._sheaves(job)]

    @property
    def done(self) -> int:
        """Messages that are laid out, a very long one several times."""
        return sum(len(job.about[1]) for job in self._jobs if isinstance(job, Job) and job.sheaf)

    def _document(self, head: str, pieces: Iterable[Piece]) -> str:
        return document(self._title, head + "".join(piece.html for piece in pieces))

    def _mend(self) -> None:
        for place, job in enumerate(self._jobs):
            if isinstance(job, Job) and job.trouble:
                head, part = job.about
                if len(part) == 1:
                    raise beyond(part[0].line.number)
                self._jobs[place] = [
                    self._press.put(self._document("" if number else head, [piece]), (head, [piece]))
                    for number, piece in enumerate(part)
                ]
            elif isinstance(job, Job) and job.sheaf:
                # What it was made of is not needed any more, and may be large.
                job.about = ("", range(len(job.about[1])))

    def _sheaves(self, job: Job | list[Job]) -> Iterator[Sheaf]:
        for one in [job] if isinstance(job, Job) else job:
            if one.sheaf is None:
                raise beyond(one.about[1][0].line.number)
            yield one.sheaf


def beyond(number: int) -> CannotWrite:
    return CannotWrite(
        Phrase(
            "Message %(number)s cannot be laid out on pages: it takes too long, or too much memory. "
            "Leave it out, or choose another format.",
            number=number,
        )
    )
