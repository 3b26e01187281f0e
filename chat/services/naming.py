"""Titles of conversations that were made from others: with a word after them, once, however often."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from chat.models import Session, User

NAME_CHARS = 200


def branch_name(source: Session) -> str:
    """The title with “(branch)” or “(branch 2)” after it."""
    return _numbered(source.name, _("branch"), source.branches.count())


def copy_name(source: Session, owner: User) -> str:
    """The title with “(copy)” or “(copy 2)” after it: the first that this person has not used."""
    word = _("copy")
    title, _own = _split(source.name, word)
    used = Session.objects.live().filter(owner=owner, name__startswith=f"{title} ({word}")
    numbers = {_split(name, word)[1] for name in used.values_list("name", flat=True)}
    return _numbered(source.name, word, max(numbers, default=0))


def _numbered(name: str, word: str, used: int) -> str:
    if not name:
        return ""
    title, own = _split(name, word)
    number = max(own, used) + 1
    ending = f" ({word} {number})" if number > 1 else f" ({word})"
    return title[: NAME_CHARS - len(ending)] + ending


def _split(name: str, word: str) -> tuple[str, int]:
    """The title without what we put after it, and the number that this had; 0 for none."""
    found = re.fullmatch(rf"(.*?) \({re.escape(word)}(?: (\d{{1,6}}))?\)", name, re.DOTALL)
    return (found[1], int(found[2] or 1)) if found else (name, 0)
