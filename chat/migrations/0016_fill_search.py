"""What was written before there was an index is found too. A million messages take some minutes."""

from uuid import UUID

from django.db import migrations

from chat.index.entries import title_rows
from chat.index.rebuilding import BATCH, by_message, entries_of


def fill(apps, _schema_editor):
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
