"""The other conversation, to compare with or to merge: chosen among those that one may read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from chat import access
from chat.models import Session, User
from chat.text import clean_text
from chat.views.door import PageRequest

MOST = 30
MAX_CHARS = 200
MAX_WORDS = 12


@dataclass(frozen=True)
class Choice:
    """What one chooses the other conversation for: the words of the page, and where a choice leads."""

    title: str
    hint: str
    route: str
    icon: str


def ask_other(request: PageRequest, session: Session, choice: Choice) -> HttpResponse:
    """The conversations to choose from, those first that `session` is kin to; `?q=` narrows them."""
    kin = kin_of(request.user, session)
    words = clean_text(request.GET.get("q", ""))[:MAX_CHARS].strip()
    context = {
        "session": session,
        "choice": choice,
        "action": reverse(choice.route, args=[session.pk]),
        "q": words,
        "kin": [] if words else kin,
        "others": called(request.user, words, apart_from=[session] if words else [session, *kin]),
    }
    is_list = request.htmx and request.htmx.target == "others"
    template = "tree/_others.html" if is_list else "tree/_choose.html" if request.htmx else "tree/choose.html"
    return render(request, template, context)


def kin_of(user: User, session: Session) -> list[Session]:
    """What it was branched from, what was branched from it or from the same; the latest first."""
    kin = Q(parent=session.pk) | Q(pk=session.parent_id)
    if session.parent_id:
        kin |= Q(parent=session.parent_id)
    found = access.sessions_for(user).filter(kin).exclude(pk=session.pk)
    return list(found.order_by("-updated_at", "-id")[:MOST])


def called(user: User, words: str, *, apart_from: list[Session]) -> list[Session]:
    """Others whose titles hold every word, the latest first."""
    others = access.sessions_for(user).exclude(pk__in=[one.pk for one in apart_from])
    wanted = words.split()[:MAX_WORDS]
    found = reduce(lambda rows, word: rows.filter(name__icontains=word), wanted, others)
    return list(found.order_by("-updated_at", "-id")[:MOST])
