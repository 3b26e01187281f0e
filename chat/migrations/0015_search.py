"""The search index, empty; the next migration fills it."""

import django.db.models.deletion
from django.db import migrations, models

import chat.models.search

# As `chat.index.tables` had them then: whoever changes them there makes a migration of it, and not of this one.
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
CREATE_POSTGRES = (
    "ALTER TABLE chat_searchentry ALTER COLUMN words SET STORAGE EXTERNAL",
    "ALTER TABLE chat_searchentry ALTER COLUMN brief SET STORAGE MAIN",
    "CREATE INDEX chat_search ON chat_searchentry USING gin (words) WITH (gin_pending_list_limit = 256)",
)
DROP_POSTGRES = ("DROP INDEX IF EXISTS chat_search",)


def create(_apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in CREATE_SQLITE if is_sqlite else CREATE_POSTGRES:
        schema_editor.execute(statement, params=None)


def drop(_apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in DROP_SQLITE if is_sqlite else DROP_POSTGRES:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("chat", "0014_trash")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            # What a search looks at in each row comes before the long texts.
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chat.session"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="chat.message",
                    ),
                ),
                (
                    "annotation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="chat.annotation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("title", "Title"),
                            ("message", "Message"),
                            ("note", "Note"),
                            ("files", "Files"),
                        ],
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("brief", chat.models.search.VectorField(null=True)),
                ("scope", models.TextField(null=True)),
                ("text", models.TextField(null=True)),
                ("words", chat.models.search.VectorField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("annotation__isnull", False)),
                        fields=["annotation"],
                        name="search_entry_of_note",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "title")), fields=("session",), name="one_title_a_session"
                    )
                ],
            },
        ),
        migrations.RunPython(create, drop),
    ]
