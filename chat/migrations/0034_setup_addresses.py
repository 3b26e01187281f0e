"""Addresses that hold a password or a key are encrypted, and what is shown of them is masked."""

from __future__ import annotations

from typing import Any

from django.db import migrations

import chat.models.secrets
from chat.addresses import is_masked, masked


def encrypt(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute("PRAGMA secure_delete = ON")  # what is overwritten is not left in the file
    for name in ("ConfiguredProvider", "ModelList"):
        rows = apps.get_model("chat", name).objects
        for row in rows.exclude(kind="local").exclude(base_url=""):
            shown = masked(row.base_url)
            if shown == row.base_url:
                continue
            whole = (
                {"secret_url": row.base_url} if name == "ConfiguredProvider" and not row.is_key_only else {}
            )
            rows.filter(pk=row.pk).update(base_url=shown[:500], **whole)


def decrypt(apps: Any, _editor: Any) -> None:
    """Lists of models stay as they are: they are taken for another server's, and asked for anew."""
    rows = apps.get_model("chat", "ConfiguredProvider").objects
    whole = {(row.owner_id, row.name): row.secret_url for row in rows.all() if row.secret_url}
    for row in rows.all():
        owner = None if row.is_key_only else row.owner_id
        if is_masked(row.base_url) and (owner, row.name) in whole:
            rows.filter(pk=row.pk).update(base_url=whole[owner, row.name])


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0033_tool_calls"),
    ]

    operations = [
        migrations.AddField(
            model_name="configuredprovider",
            name="secret_url",
            field=chat.models.secrets.SecretField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(encrypt, decrypt),
    ]
