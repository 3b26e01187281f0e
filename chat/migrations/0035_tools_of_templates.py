"""Templates choose tools; addresses and arguments of servers that may hold a secret are encrypted."""

from __future__ import annotations

import json
from typing import Any

from django.db import migrations, models

import chat.models.secrets
from chat.addresses import is_masked, masked
from chat.command_lines import shown_arguments


def encrypt(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute("PRAGMA secure_delete = ON")  # what is overwritten is not left in the file
    rows = apps.get_model("chat", "ToolServer").objects
    for row in rows.only("url", "args"):
        url, args = masked(row.url), shown_arguments(row.args)
        changes: dict[str, Any] = {}
        if url != row.url:
            changes |= {"url": url[:1000], "secret_url": row.url}
        if args != row.args:
            changes |= {"args": args, "secret_args": json.dumps(row.args)}
        if changes:
            rows.filter(pk=row.pk).update(**changes)


def decrypt(apps: Any, _editor: Any) -> None:
    rows = apps.get_model("chat", "ToolServer").objects
    for row in rows.only("url", "args", "secret_url", "secret_args"):
        changes: dict[str, Any] = {}
        if is_masked(row.url) and row.secret_url:
            changes["url"] = row.secret_url
        if row.secret_args:
            changes["args"] = json.loads(row.secret_args)
        if changes:
            rows.filter(pk=row.pk).update(**changes)


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0034_setup_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="template",
            name="tools",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="toolserver",
            name="secret_args",
            field=chat.models.secrets.SecretField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="toolserver",
            name="secret_url",
            field=chat.models.secrets.SecretField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(encrypt, decrypt),
    ]
