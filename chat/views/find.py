"""Finding words in a conversation: the hits for the page's bar, or a page of its own that lists them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat import access, finding
from chat.forms import FindForm
from chat.models import Role, Session
from chat.views.door import PageRequest, login_needed

# The bar steps through ids alone; a person reads the page.
BAR_HITS = 1000
PAGE_HITS = 50


@require_GET
@login_needed
def find_messages(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.MODERATOR)
    form = FindForm(request.GET)
    if not form.is_valid():
        return render(request, "chat/find.html", {"session": session, "form": form}, status=422)
    if request.htmx:
        return _answer_bar(request, session, form)
    words, before = form.cleaned_data["q"], form.cleaned_data["before"]
    found = finding.find(session, words, limit=PAGE_HITS, before=before)
    context = {"session": session, "form": form, "words": words, "rest": found.rest}
    context["excerpts"] = finding.excerpts(found.hits, words)
    return render(request, "chat/find.html", context)


def _answer_bar(request: PageRequest, session: Session, form: FindForm) -> HttpResponse:
    """The hits as ids and depths, in the order in which they stand."""
    found = finding.find(session, form.cleaned_data["q"], limit=BAR_HITS, before=form.cleaned_data["before"])
    return render(request, "chat/_find_hits.html", {"hits": found.hits[::-1], "rest": found.rest})
