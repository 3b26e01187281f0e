"""What the command palette finds: conversations by title, templates, and models."""

from __future__ import annotations

from functools import reduce

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from chat import access
from chat.models import Session, Template, User
from chat.text import clean_text
from chat.views.choices import Choice, choices
from chat.views.door import PageRequest, login_needed
from chat.views.templates import LAST_USED

MOST = 7
MOST_CHARS = 200


@require_GET
@login_needed
def palette(request: PageRequest) -> HttpResponse:
    if not request.htmx:
        return redirect("sessions")
    words = clean_text(request.GET.get("q", ""))[:MOST_CHARS].strip()
    context = {
        "words": words,
        "found": sessions_called(request, words),
        "templates": templates_called(request, words),
        "models": models_called(request.user, words),
    }
    answer = render(request, "chat/_palette_found.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def sessions_called(request: PageRequest, words: str) -> list[Session]:
    """Those whose titles hold every word, the latest first; without words the latest of all."""
    sessions = access.sessions_for(request.user)
    wanted = reduce(lambda found, word: found.filter(name__icontains=word), words.split(), sessions)
    return list(wanted.order_by("-updated_at", "-id")[:MOST])


def templates_called(request: PageRequest, words: str) -> list[Template]:
    """Those whose names hold every word, the last used first; without words none."""
    if not words:
        return []
    templates = access.templates_for(request.user)
    wanted = reduce(lambda found, word: found.filter(name__icontains=word), words.split(), templates)
    return list(wanted.order_by(*LAST_USED)[:MOST])


def models_called(user: User, words: str) -> list[Choice]:
    """Those whose labels hold every word; without words none, since the composer offers them."""
    wanted = words.lower().split()
    return [
        one for one in choices(user, None) if wanted and all(word in one.label.lower() for word in wanted)
    ][:MOST]
