"""The search index, empty; the next migration fills it."""

import django.db.models.deletion
from django.db import migrations, models

import chat.models.search
from chat.index.tables import statements


def create(_apps, schema_editor):
    for statement in statements(schema_editor.connection.vendor)[0]:
        schema_editor.execute(statement, params=None)


def drop(_apps, schema_editor):
    for statement in statements(schema_editor.connection.vendor)[1]:
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
