"""The texts and bytes of files that go to a model: read when it is settled that they do."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import replace

from django.core.files.storage import default_storage
from django.db.models.functions import Substr

from chat.extracting.words import PROBLEMS
from chat.generation.given import Given, Plan, in_fence, named
from chat.models import Extract
from chat.providers.contract import Media, Turn

# UTF-8 has at most four bytes a character.
BYTES_PER_CHAR = 4


def with_files(turns: Sequence[Turn], plan: Plan) -> tuple[Turn, ...]:
    """The turns with what goes along with them. It reads the database and the storage."""
    return tuple(_dressed(turn, plan) for turn in turns)


def _dressed(turn: Turn, plan: Plan) -> Turn:
    given = plan.given.get(turn.message_id, ()) if turn.message_id else ()
    if not given:
        return turn
    found = [_fetched(one) for one in given]
    text = "\n\n".join(filter(None, (turn.text, *(words for words, _media in found))))
    return replace(turn, text=text, media=(*turn.media, *(media for _words, media in found if media)))


def _fetched(given: Given) -> tuple[str, Media | None]:
    """What is said of a file, and the file where a model is given that. One that has gone stops nothing."""
    try:
        match given.how:
            case "picture" | "document":
                return named(given), _media(given)
            case "text" | "cut":
                return (_source if given.file.is_source else _extracted)(given), None
    except OSError:
        return f"[Attached file “{given.file.name}”. {PROBLEMS['lost']}]", None
    return named(given), None


def _media(given: Given) -> Media:
    file, kept = given.file, given.file.extract
    if given.how == "document" or kept is None:
        return Media(file.mime_type, _bytes(file.stored), file.name)
    return Media(kept.picture_type, _bytes(kept.picture.name or ""), file.name)


def _bytes(name: str) -> bytes:
    with default_storage.open(name, "rb") as stored:
        return bytes(stored.read())


def _extracted(given: Given) -> str:
    rows = Extract.objects.filter(pk=given.file.stored).annotate(start=Substr("text", 1, given.chars))
    found = rows.values_list("start", "chars").first()
    if found is None:  # the conversation is being removed
        raise FileNotFoundError
    text, length = found
    return in_fence(given, text, is_cut=given.how == "cut", length=length)


def _source(given: Given) -> str:
    """Its kind says that all of it is UTF-8, or UTF-16 with its mark."""
    with default_storage.open(given.file.stored, "rb") as stored:
        data: bytes = stored.read(BYTES_PER_CHAR * given.chars + 2)
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if is_wide else "utf-8-sig", errors="replace")
    is_cut = len(text) > given.chars or len(data) < given.file.size
    length = max(len(text), given.file.size // 2 if is_wide else given.file.size)
    return in_fence(given, text[: given.chars], is_cut=is_cut, length=length)
