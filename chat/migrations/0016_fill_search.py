"""What was written before there was an index is found too. A million messages take some minutes."""

from django.db import migrations

from chat.index.entries import title_rows
from chat.index.wholes import BATCH, by_message, entries_of
from chat.models import SearchEntry


def fill(apps, _schema_editor):
    message_model = apps.get_model("chat", "Message")
    rows = message_model.objects.filter(session__is_temporary=False).order_by("created_at", "id")
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        found = message_model.objects.select_related("session").filter(pk__in=batch)
        files = apps.get_model("chat", "Attachment").objects.filter(message__in=batch)
        notes = apps.get_model("chat", "Annotation").objects.filter(message__in=batch)
        entries = entries_of(
            found.order_by("created_at", "id"),
            by_message(files.order_by("position", "created_at", "id")),
            by_message(notes.order_by("created_at", "id")),
        )
        SearchEntry.objects.bulk_create(entries)
    sessions = apps.get_model("chat", "Session").objects.filter(is_temporary=False).order_by("id")
    batch = []
    for session in sessions.iterator():
        batch += title_rows(session)
        if len(batch) >= BATCH:
            SearchEntry.objects.bulk_create(batch)
            batch = []
    SearchEntry.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("chat", "0015_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
