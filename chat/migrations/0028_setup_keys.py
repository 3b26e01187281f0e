"""Keys that are there are encrypted; on the way back they are readable again, and people's own providers go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import migrations

from chat.models.secrets import decrypted, encrypted

TABLE = "chat_configuredprovider"


def rewrite(editor: Any, change: Callable[[str], str]) -> None:
    """Past the field, which would take one for the other."""
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete = ON")  # what is overwritten is not left in the file
        cursor.execute(f"SELECT id, api_key FROM {TABLE} WHERE api_key <> ''")
        for key, value in cursor.fetchall():
            cursor.execute(f"UPDATE {TABLE} SET api_key = %s WHERE id = %s", [change(value), key])


def encrypt(_apps: Any, editor: Any) -> None:
    rewrite(editor, encrypted)


def decrypt(apps: Any, editor: Any) -> None:
    apps.get_model("chat", "ConfiguredProvider").objects.filter(owner__isnull=False).delete()
    rewrite(editor, decrypted)


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0027_setup_providers"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
