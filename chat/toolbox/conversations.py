"""The person's own conversations, found by words: what they may read, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from chat.errors import TooSlow
from chat.models import Session, User
from chat.plugins import hookimpl
from chat.query.parsing import MAX_CHARS, parse
from chat.search.hits import Hit
from chat.search.results import search
from chat.text import clean_text
from chat.tools.contract import Caller, PluginTool, ToolError

MOST = 20
SCHEMA = {
    "type": "object",
    "properties": {
        "query": {"type": "string", "minLength": 1, "description": 'Words, "phrases", -exclusions.'},
        "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "description": "10 if not given."},
    },
    "required": ["query"],
    "additionalProperties": False,
}


@hookimpl
def tools() -> Iterable[PluginTool]:
    words = (
        "Searches the person's own earlier conversations, and those shared with them, for words in titles, "
        "messages, notes and names of files. Answers with passages, each with its conversation and day."
    )
    title = gettext_lazy("Search in earlier conversations")
    return [PluginTool("search_conversations", title, words, SCHEMA, find, changes=False)]


def find(caller: Caller, arguments: dict[str, Any]) -> str:
    user = User.objects.filter(pk=caller.user_id, is_active=True).first()
    if user is None:
        raise ToolError("The person is gone.")
    _refuse_where_others_read(caller)
    try:
        query = parse(clean_text(arguments["query"])[:MAX_CHARS])
        found = search(user, query, limit=arguments.get("limit", 10))
    except TooSlow as refused:
        raise ToolError(refused.detail) from None
    hits = [hit for hit in found.hits if hit.session.pk != caller.session_id]
    return "\n\n".join(map(_said, hits)) or "Nothing was found in other conversations."


def _refuse_where_others_read(caller: Caller) -> None:
    """In a conversation that others read, they would read what is found."""
    here = Session.objects.filter(project__isnull=False)
    if caller.session_id and here.filter(pk=caller.session_id).exists():
        raise ToolError("Others read this conversation, so the person's own are not searched here.")


def _said(hit: Hit) -> str:
    who = hit.author or hit.model or "-"
    return f"“{hit.session}”, {hit.created_at:%Y-%m-%d}, {who}:\n{hit.snippet.text}"
