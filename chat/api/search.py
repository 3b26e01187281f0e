"""Search: words and filters, as people type them, over all that the caller may read."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router

from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading
from chat.api.inputs import SearchInput
from chat.errors import BadValue
from chat.models import SearchEntry, User
from chat.query.parsing import parse
from chat.search.hits import Hit
from chat.search.matches import read_match
from chat.search.results import search
from chat.search.time_limit import SECONDS
from chat.services.rate_limits import timed_search
from chat.wire import session_json, time_json

router = Router(tags=["search"])


@router.get("", response=outputs.SearchResults)
async def search_messages(request: HttpRequest, asked: Annotated[SearchInput, Query()]) -> HttpResponse:
    """The best hits first; of very many the newest, and then `ranked` is false."""
    return json_answer(await reading(request, _find, asked))


def _find(user: User, asked: SearchInput) -> dict[str, Any]:
    query = parse(asked.q)
    if query.problems:
        raise BadValue(query.problems[0].words, field="q")
    after = read_match(asked.cursor)
    with timed_search(user=user, at_most=SECONDS):
        results = search(user, query, limit=asked.limit, after=after)
    return {
        "items": [hit_json(hit) for hit in results.hits],
        "next": results.next or None,
        "total": results.total,
        "ranked": results.is_ranked,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    message, shown = hit.message, hit.title if hit.kind == SearchEntry.Kind.TITLE else hit.snippet
    return {
        "kind": "file" if hit.kind == SearchEntry.Kind.FILES else str(hit.kind),
        "session": session_json(hit.session),
        "message_id": str(message.pk) if message else None,
        "annotation_id": str(hit.note.pk) if hit.note else None,
        "role": message.role if message else None,
        "user": hit.author or None,
        "model": hit.model or None,
        "snippet": shown.text,
        "marks": [list(mark) for mark in shown.marks],
        "active": not hit.is_apart,
        "url": hit.path(reverse("session", args=[hit.session.pk])),
        "created_at": time_json(hit.created_at),
    }
