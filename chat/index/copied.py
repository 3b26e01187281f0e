"""Copies of entries, made in the database: what of them is another session's than the original's."""

from __future__ import annotations

from django.db import connection

from chat import facets
from chat.models import Session
from chat.models.ids import for_database

_OWNER = "(SELECT owner_id FROM chat_session WHERE chat_session.id = chat_searchentry.session_id)"


def columns_of_copies(session: Session) -> dict[str, str | None]:
    """The columns of a SearchEntry that a copy in `session` does not take over, as SQL."""
    owner, own = facets.owner_word(session.owner_id), facets.session_word(session.pk)
    columns: dict[str, str | None] = {"id": None, "session_id": f"'{for_database(session.pk)}'"}
    if connection.vendor == "sqlite":
        inner = f"replace(scope, 's' || chat_searchentry.session_id, '{own}')"
        return {**columns, "scope": f"replace({inner}, 'o' || {_OWNER}, '{owner}')"}
    gone = [
        "'=s' || replace(chat_searchentry.session_id::text, '-', '')",
        f"'=o' || replace({_OWNER}::text, '-', '')",
    ]
    kept = f"ts_delete(words, ARRAY[{', '.join(gone)}])"
    return {**columns, "words": f"{kept} || array_to_tsvector(ARRAY['={owner}', '={own}'])"}
