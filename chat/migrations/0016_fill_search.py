"""What was written before there was an index is found too. A million messages take some minutes."""

from uuid import UUID

from django.db import migrations

from chat.index.entries import title_rows
from chat.index.rebuilding import BATCH, by_message, entries_of


def fill(apps, schema_editor):
    """On PostgreSQL the index is made when all rows are there: together with them it takes twice as long."""
    if schema_editor.connection.vendor != "postgresql":
        fill_rows(apps)
        return
    schema_editor.execute("DROP INDEX chat_search")
    fill_rows(apps)
    # What waits for the end of the transaction would keep the index from being made.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute(
        "CREATE INDEX chat_search ON chat_searchentry USING gin (words) WITH (gin_pending_list_limit = 256)"
    )


def fill_rows(apps):
    model = apps.get_model("chat", "Message")
    rows = model.objects.filter(session__is_temporary=False).order_by("created_at", "id")
    keys = b"".join(key.bytes for key in rows.values_list("pk", flat=True).iterator(10_000))
    for start in range(0, len(keys), 16 * BATCH):
        piece = keys[start : start + 16 * BATCH]
        batch = [UUID(bytes=piece[at : at + 16]) for at in range(0, len(piece), 16)]
        found = model.objects.select_related("session").filter(pk__in=batch)
        files = apps.get_model("chat", "Attachment").objects.filter(message__in=batch)
        notes = apps.get_model("chat", "Annotation").objects.filter(message__in=batch)
        entries = entries_of(
            found.order_by("created_at", "id"),
            by_message(files.order_by("position", "created_at", "id")),
            by_message(notes.order_by("created_at", "id")),
        )
        insert(apps, entries)
    sessions = apps.get_model("chat", "Session").objects.filter(is_temporary=False).order_by("id")
    batch = []
    for session in sessions.iterator():
        batch += title_rows(session)
        if len(batch) >= BATCH:
            insert(apps, batch)
            batch = []
    insert(apps, batch)


def insert(apps, entries):
    """With the columns that the table has here, whatever was added to the model since."""
    model = apps.get_model("chat", "SearchEntry")
    names = [field.attname for field in model._meta.concrete_fields]
    model.objects.bulk_create(model(**{name: getattr(entry, name) for name in names}) for entry in entries)


class Migration(migrations.Migration):
    dependencies = [("chat", "0015_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
