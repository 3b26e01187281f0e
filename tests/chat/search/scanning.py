"""What a search must find, by reading every row: slow, plain, and written without the words of the index."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from chat.models import Annotation, Attachment, Message, Session, User
from chat.query.parsing import parse
from chat.search.matches import read_match
from chat.search.results import search

# What was found: its kind, and the id of the conversation, message or note.
Found = set[tuple[str, str]]
_DENSE = "\u3040-\u30ff\u4e00-\u9fff"


@dataclass(frozen=True)
class Wish:
    """Texts that must stand in what is found, and texts that must not."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()

    @property
    def typed(self) -> str:
        return " ".join([*(f'"{one}"' for one in self.wanted), *(f'-"{one}"' for one in self.unwanted)])

    def fits(self, plain: str) -> bool:
        return all(holds(plain, one) for one in self.wanted) and not any(
            holds(plain, one) for one in self.unwanted
        )


def plain_text(text: str) -> str:
    """In lower case and without accents, with one space wherever a word ends."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(re.findall(rf"[{_DENSE}]+|[^\W_{_DENSE}]+", bare))


def holds(plain: str, sought: str) -> bool:
    """Whole words, but of a script without spaces any part."""
    inner = re.escape(plain_text(sought))
    return re.search(rf"(?<![^\s{_DENSE}]){inner}(?![^\s{_DENSE}])" if inner else "$^", plain) is not None


def library(user: User) -> list[tuple[str, str, str]]:
    """All that this person may find: its kind, its id, and its text, plain."""
    mine = Q(owner=user) | Q(project__members__user=user, project__deleted_at=None)
    sessions = Session.objects.filter(mine, deleted_at=None, is_temporary=False).distinct()
    live = Message.objects.filter(session__in=sessions, deleted_at=None, visibility="shown")
    notes = Annotation.objects.filter(message__in=live, deleted_at=None)
    names: dict[object, list[str]] = defaultdict(list)
    for key, name in Attachment.objects.filter(message__in=live).values_list("message_id", "name"):
        names[key].append(plain_text(name))
    return [
        *(("title", str(key), plain_text(name)) for key, name in sessions.values_list("pk", "name")),
        *(("message", str(key), plain_text(text)) for key, text in live.values_list("pk", "content")),
        *(("note", str(key), plain_text(body)) for key, body in notes.values_list("pk", "body")),
        *(("files", str(key), " ¶ ".join(found)) for key, found in names.items()),
    ]


def scan(texts: list[tuple[str, str, str]], wish: Wish) -> Found:
    """What `wish` should find of these."""
    return {(kind, key) for kind, key, plain in texts if wish.fits(plain)}


def searched(user: User, text: str, *, limit: int = 100) -> Found:
    """What the search finds, with all its pages."""
    found: Found = set()
    results = search(user, parse(text), limit=limit)
    while True:
        for hit in results.hits:
            about = hit.note or hit.message or hit.session
            key = (str(hit.kind), str(about.pk))
            assert key not in found, "it was on an earlier page"
            found.add(key)
        if not results.next:
            return found
        results = search(user, parse(text), limit=limit, after=read_match(results.next))
