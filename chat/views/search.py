"""The page of search: what is asked for, the hits, their filters, and what is offered as one types."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from chat import fragments
from chat.errors import BadValue, Refused, TooMany, TooSlow
from chat.models import Message, Project, SearchEntry, User
from chat.query.parsing import MAX_CHARS, Query, parse
from chat.query.partial import partial_at
from chat.search.completion import completions
from chat.search.hits import Hit
from chat.search.matches import MAX_RANKED, Match, read_match
from chat.search.results import Results, search
from chat.search.time_limit import SECONDS
from chat.services.rate_limits import timed_search
from chat.text import clean_text, number
from chat.views.door import PageRequest, login_needed
from chat.views.panes import answer_pane
from chat.views.search_chips import chips_of, search_address

Kind = SearchEntry.Kind
ICONS: dict[str, str] = {
    Kind.TITLE: "messages-square",
    Kind.NOTE: "sticky-note",
    Kind.FILES: "paperclip",
    Message.Role.USER: "user-round",
    Message.Role.ASSISTANT: "sparkles",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A hit, where it opens, who said it, and the project that it is in."""

    hit: Hit
    url: str
    icon: str
    who: str
    project: Project | None


@require_GET
@login_needed
def search_page(request: PageRequest) -> HttpResponse:
    query = parse(_asked(request))
    results, refused, asked = _results(request, query)
    context = {
        "refused": refused,
        "opened": asked.text if asked is not query else "",
        "query": query,
        "pieces": _pieces(query),
        "rows": [_row(hit, request.user) for hit in results.hits],
        "next": search_address(asked.text, results.next) if results.next else "",
        "count": _count(asked, results),
        "chips": chips_of(query),
        "examples": _examples(),
        "max_chars": MAX_CHARS,
    }
    part = {"search-found": "search/_found.html", "search-more": "search/_hits.html"}
    target = request.htmx.target or ""
    if request.htmx and target in part:
        answer = render(request, part[target], context, status=refused.status if refused else 200)
        answer["Cache-Control"] = "no-store"
        return answer
    return answer_pane(request, "search/page.html", "search/_pane.html", context, title=_("Search"))


def _results(request: PageRequest, query: Query) -> tuple[Results, Refused | None, Query]:
    """What is found, why it was refused, and what was asked in the end.

    Where nothing has the last word, which one may still be typing, that is words that begin so.
    """
    cursor = request.GET.get("cursor", "")
    try:
        with timed_search(user=request.user, at_most=SECONDS):
            results = search(request.user, query, after=_match(cursor))
            wider = parse(query.opened) if not results.hits and not cursor else query
            if wider.terms and wider is not query and (more := search(request.user, wider)).hits:
                return more, None, wider
        return results, None, query
    except (TooSlow, TooMany) as refused:
        return Results(next=cursor), refused, query


@require_GET
@login_needed
def complete(request: PageRequest) -> HttpResponse:
    """The options for what is being typed at the place `at`."""
    text, at = _asked(request), request.GET.get("at", "")
    if not request.htmx:
        return redirect(search_address(text))
    partial = partial_at(text, int(at) if at.isascii() and at.isdigit() and len(at) < 6 else len(text))
    found = completions(request.user, partial) if partial else []
    answer = render(request, "search/_completions.html", {"completions": found})
    answer["Cache-Control"] = "no-store"
    return answer


def _asked(request: PageRequest) -> str:
    return clean_text(request.GET.get("q", ""))[:MAX_CHARS]


def _match(cursor: str) -> Match | None:
    """A cursor that nobody made is as none."""
    try:
        return read_match(cursor)
    except BadValue:
        return None


def _row(hit: Hit, reader: User) -> Row:
    role = hit.message.role if hit.message else ""
    who = _("You") if hit.author == reader.get_username() else hit.author
    icon = ICONS.get(hit.kind) or ICONS.get(role, "info")
    url = hit.path(reverse("session", args=[hit.session.pk]))
    who = who or (hit.model if role == Message.Role.ASSISTANT else "")
    return Row(hit, url, icon, who, fragments.project_of(hit.session))


def _count(query: Query, results: Results) -> str:
    """What is said above the hits."""
    if results.is_many:
        return _("More than %(n)s hits. The newest come first.") % {"n": number(MAX_RANKED)}
    if results.total is None:
        return _("The best come first.") if results.is_ranked and query.terms else _("The newest come first.")
    shown = {"n": number(results.total)}
    if results.next:
        return ngettext("About %(n)s hit", "About %(n)s hits", results.total) % shown
    return ngettext("%(n)s hit", "%(n)s hits", results.total) % shown


def _pieces(query: Query) -> list[tuple[str, bool]]:
    """The text in pieces, and of each whether it makes no sense."""
    pieces, at = [], 0
    for problem in query.problems:
        start = max(at, problem.start)  # one may be about the whole text, and come last
        pieces += [(query.text[at:start], False), (query.text[start : problem.end], True)]
        at = max(at, problem.end)
    return [piece for piece in [*pieces, (query.text[at:], False)] if piece[0]]


def _examples() -> list[tuple[str, str, str]]:
    """What can be typed, what it finds, and where it leads."""
    examples = (
        ("harbour crane", _("both words, in any order; case and accents do not matter")),
        ('"to let"', _("these words together")),
        ("crane -bird", _("without this word")),
        ("harb*", _("words that begin so")),
        ("日本", _("any part of a text without spaces")),
        ("tag:work", _("in conversations with this tag; “project:”, “model:” and “provider:” likewise")),
        ("from:me", _("what you wrote; “role:assistant” is what models wrote")),
        ("after:2026-03 before:2026-05", _("in March and April; also “after:yesterday” or “after:7d”")),
        ("has:code", _("with code; also “attachment”, “image” and “link”")),
        ("is:starred", _("in starred conversations, or “is:archived”")),
        ("in:title", _("only titles; also “message”, “note” and “file”")),
    )
    return [(typed, about, search_address(typed)) for typed, about in examples]
