"""How a model is given the files of a conversation: as text, pictures, documents that it reads, or names.

It is planned by what the model can do, for which nothing of a file is read; what goes is fetched later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from chat.estimates import tokens_of_length
from chat.extracting.words import UNREAD, extent_in_words, problem_in_words
from chat.generation.attached import AttachedFile, Files
from chat.models import Extract
from chat.phrases import Phrase
from chat.providers.facts import Facts

# Of one file; what a person may write in one message.
MAX_CHARS = 100_000
# Of all files together: more than any window in use holds.
MAX_TOTAL = 2_000_000
# Claude takes smaller pictures only where there are more than 20 in a request, and 32 MB with all of them in
# base64, which is four thirds (Anthropic's guides to vision and to PDF support). Others take more.
MAX_PICTURES = 20
MAX_MEDIA_BYTES = 20_000_000
# A document that a model reads itself, page by page as pictures; of more pages the text says more for less.
MAX_DOCUMENT_BYTES = 10_000_000
MAX_PAGES = 100
# What such a page takes, and how many pixels of a picture a token stands for, in Claude's words.
TOKENS_PER_PAGE = 2_000
PIXELS_PER_TOKEN = 750

How = Literal["text", "cut", "picture", "document", "name"]
NO_PICTURES = Phrase("This model does not see pictures.")
NOT_AGAIN = Phrase("It is not sent again: later ones fill the request.")
NO_ROOM = Phrase("There is no room for it.")
UNREAD_YET = Phrase("It could not be read in time.")
NO_TEXT = Phrase("Nothing in it can be read here.")


@dataclass(frozen=True, slots=True)
class Given:
    """How a model is given a file; `chars` at most, of its text. `why` it gets the name alone, in words."""

    file: AttachedFile
    how: How
    chars: int = 0
    why: str = ""

    @property
    def tokens(self) -> int:
        """Roughly."""
        kept = self.file.extract
        if self.how == "picture" and kept is not None:
            return kept.width * kept.height // PIXELS_PER_TOKEN + 1
        if self.how == "document" and kept is not None:
            return (kept.count or 1) * TOKENS_PER_PAGE
        return tokens_of_length(self.chars) + 40

    def as_json(self) -> dict[str, Any]:
        """As the contract's `context.files` has it."""
        return {"name": self.file.name, "given": self.how, "why": str(self.why) or None}


@dataclass(frozen=True, slots=True)
class Plan:
    """By message, what goes along with it."""

    given: Mapping[UUID, tuple[Given, ...]] = field(default_factory=dict)

    def tokens_of(self, message_id: UUID | None) -> int:
        return sum(one.tokens for one in self.given.get(message_id, ())) if message_id else 0


def plan(files: Files, newest_first: Sequence[UUID], facts: Facts, *, room: int = MAX_TOTAL) -> Plan:
    """How a model that can do what `facts` say is given the files; `room` is in characters, of all texts."""
    planner = _Planner(facts, room)
    return Plan(
        {key: tuple(planner.given(file) for file in files[key]) for key in newest_first if key in files}
    )


def objection(file: AttachedFile, facts: Facts) -> str:
    """Why a model would be given no more than the name of that file, in words; empty where it is given more.

    One that is still being read counts as one that will be.
    """
    if file.waits and not (file.is_picture and not facts.sees_pictures):
        return ""
    return _Planner(facts, MAX_TOTAL).given(file).why


def tokens_alone(file: AttachedFile, facts: Facts) -> int | None:
    """What it takes if nothing else goes along; None where that is still to be found out."""
    given = _Planner(facts, MAX_TOTAL).given(file)
    return None if given.why == UNREAD_YET else given.tokens


class _Planner:
    """Gives out the room, to those that come first."""

    def __init__(self, facts: Facts, room: int) -> None:
        self._facts = facts
        self._chars = room
        self._pictures = MAX_PICTURES
        self._bytes = MAX_MEDIA_BYTES

    def given(self, file: AttachedFile) -> Given:
        if file.is_picture:
            return self._picture(file)
        if file.is_source:
            return self._text(file, file.size)
        kept = file.extract
        if not file.reader:
            return Given(file, "name", why=NO_TEXT)
        if kept is None or not kept.has_ended:
            return Given(file, "name", why=UNREAD_YET)
        if self._takes_document(file, kept):
            self._bytes -= file.size
            return Given(file, "document")
        if kept.problem:
            return Given(file, "name", why=problem_in_words(kept.problem))
        return self._text(file, kept.chars, is_cut=kept.is_cut)

    def _picture(self, file: AttachedFile) -> Given:
        kept = file.extract
        if not self._facts.sees_pictures:
            return Given(file, "name", why=NO_PICTURES)
        if kept is None or not kept.has_ended:
            return Given(file, "name", why=UNREAD_YET)
        if kept.problem or not kept.picture:
            return Given(file, "name", why=problem_in_words(kept.problem) if kept.problem else UNREAD)
        if not self._pictures or kept.picture_bytes > self._bytes:
            return Given(file, "name", why=NOT_AGAIN)
        self._pictures -= 1
        self._bytes -= kept.picture_bytes
        return Given(file, "picture")

    def _takes_document(self, file: AttachedFile, kept: Extract) -> bool:
        """One that looks scanned has no text, but can be seen."""
        is_whole = not kept.problem or kept.problem == "scanned"
        is_fit = file.size <= min(MAX_DOCUMENT_BYTES, self._bytes) and (kept.count or 1) <= MAX_PAGES
        return self._facts.reads_documents and file.mime_type == "application/pdf" and is_whole and is_fit

    def _text(self, file: AttachedFile, chars: int, *, is_cut: bool = False) -> Given:
        most = min(chars, MAX_CHARS, self._chars)
        if most <= 0:
            return Given(file, "name", why=NO_ROOM)
        self._chars -= most
        return Given(file, "cut" if is_cut or most < chars else "text", most)


def named(given: Given) -> str:
    """What a model is told of a file that it is not given here."""
    if given.how == "picture":
        return f"[Picture “{given.file.name}”]"
    if given.how == "document":
        return f"[Document “{given.file.name}”]"
    what = f"Attached file “{given.file.name}” ({given.file.mime_type})"
    return f"[{what}. Its content is not given. {given.why}]"


def in_fence(given: Given, text: str, *, is_cut: bool, length: int) -> str:
    """The text of a file, which cannot end its own fence."""
    kept = given.file.extract
    extent = extent_in_words(kept.unit, kept.count) if kept and kept.unit and kept.count else None
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    cut = f" It is cut here, after {len(text):,} of {length:,} characters." if is_cut else ""
    about = f" ({extent})" if extent else ""
    return f"Attached file “{given.file.name}”{about}:\n\n{fence}\n{text.rstrip()}\n{fence}{cut}"
