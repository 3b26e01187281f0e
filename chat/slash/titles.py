"""Other conversations, named by their titles in a command."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy

from chat import access
from chat.models import Session
from chat.slash.contract import Argument, Invocation, Suggestion

SUGGESTIONS = 8
MAX_WORDS = 12


def title_of(words: Any) -> Argument:
    """The argument that names one; `words` say what for, and are translated when they are shown."""
    return Argument(gettext_lazy("title"), words, key="title", complete=suggested)


def suggested(asked: Invocation, typed: str) -> Sequence[Suggestion]:
    """Titles that hold all that is typed, the latest first."""
    rows = access.sessions_for(asked.user).exclude(name="")
    if asked.session:
        rows = rows.exclude(pk=asked.session.pk)
    rows = reduce(lambda found, word: found.filter(name__icontains=word), typed.split()[:MAX_WORDS], rows)
    return [
        Suggestion(name)
        for name in rows.order_by("-updated_at", "-id").values_list("name", flat=True)[:SUGGESTIONS]
    ]


def called(asked: Invocation, title: str) -> Session | None:
    """The one conversation of that title; None where there are several, or none."""
    rows = access.sessions_for(asked.user).filter(name__iexact=title).exclude(pk=asked.conversation.pk)
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def with_query(path: str, **values: object) -> str:
    given = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
