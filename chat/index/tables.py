"""What a database has for the index beside its rows: plain SQL, for SQLite and for PostgreSQL."""

from __future__ import annotations

from django.db import connection, transaction

from chat.models import SearchEntry

# `ascii` splits at spaces and leaves our words as they are. Without the sizes of all texts `bm25` is ten
# times as quick: it then ranks by how often words come, not by how long the text is. It takes every text for
# one of -3 words, which would turn its order round where texts have 9 on average: so each has 6 more in its
# scope. A title has a column of its own.
_COLUMNS = (
    "CASE WHEN {row}.kind = 'title' THEN {row}.text END, "
    "CASE WHEN {row}.kind <> 'title' THEN {row}.text END, "
    "{row}.scope || ' x x x x x x'"
)
_ADD = f"INSERT INTO chat_search(rowid, title, text, scope) VALUES (new.id, {_COLUMNS.format(row='new')});"
_REMOVE = (
    "INSERT INTO chat_search(chat_search, rowid, title, text, scope) "
    f"VALUES ('delete', old.id, {_COLUMNS.format(row='old')});"
)
CREATE_SQLITE = (
    "CREATE VIRTUAL TABLE chat_search USING fts5"
    "(title, text, scope, content='', columnsize=0, tokenize='ascii')",
    f"CREATE TRIGGER chat_searchentry_added AFTER INSERT ON chat_searchentry BEGIN {_ADD} END",
    f"CREATE TRIGGER chat_searchentry_removed AFTER DELETE ON chat_searchentry BEGIN {_REMOVE} END",
    "CREATE TRIGGER chat_searchentry_changed AFTER UPDATE OF text, scope ON chat_searchentry "
    f"BEGIN {_REMOVE} {_ADD} END",
)
DROP_SQLITE = (
    "DROP TRIGGER IF EXISTS chat_searchentry_added",
    "DROP TRIGGER IF EXISTS chat_searchentry_removed",
    "DROP TRIGGER IF EXISTS chat_searchentry_changed",
    "DROP TABLE IF EXISTS chat_search",
)
# What was added since the last vacuum waits in a list that every search reads: a short one. The words are not
# packed, since unpacking takes longer than reading; what ranks stands in the row itself.
CREATE_POSTGRES = (
    "ALTER TABLE chat_searchentry ALTER COLUMN words SET STORAGE EXTERNAL",
    "ALTER TABLE chat_searchentry ALTER COLUMN brief SET STORAGE MAIN",
    "CREATE INDEX chat_search ON chat_searchentry USING gin (words) WITH (gin_pending_list_limit = 256)",
)
DROP_POSTGRES = ("DROP INDEX IF EXISTS chat_search",)


def statements(vendor: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What makes the index on such a database, and what removes it."""
    if vendor == "sqlite":
        return CREATE_SQLITE, DROP_SQLITE
    return CREATE_POSTGRES, DROP_POSTGRES


def empty_index() -> None:
    """Remove all that is in the index, also one that is damaged. At a million messages it takes seconds."""
    create, drop = statements(connection.vendor)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in drop:
            cursor.execute(statement)
        # Without triggers SQLite forgets the rows at once, as PostgreSQL does.
        table = SearchEntry._meta.db_table
        is_sqlite = connection.vendor == "sqlite"
        cursor.execute(f"DELETE FROM {table}" if is_sqlite else f"TRUNCATE {table}")  # noqa: S608
        for statement in create:
            cursor.execute(statement)
