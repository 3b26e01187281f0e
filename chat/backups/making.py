"""Making a backup, also while a server is at work."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.utils import timezone

from chat.backups import manifest as manifests
from chat.backups import postgresql, secret, sqlite, uploads
from chat.backups.archive import BackupError, Tell, beside, writing
from chat.backups.manifest import Manifest


def make_backup(*, path: Path, tell: Tell) -> Manifest:
    """Write the file `path`, or put a new one in its place.

    Raises:
        BackupError: it cannot be made. What was at `path` is still there.
    """
    _check(path)
    engine = sqlite if connection.vendor == "sqlite" else postgresql
    made_at = timezone.now()
    with writing(path) as writer:
        files = uploads.Files(writer, tell)
        files.add_settled()
        contents = engine.save(writer, beside(path, ".partial.sqlite3"), tell)
        files.add_rest()
        if key := secret.kept():
            writer.add(manifests.SECRET_KEY, [key])
        manifest = Manifest(
            made_at, connection.vendor, contents, files.count, secret.mark(), bool(key), writer.digest()
        )
        writer.add(manifests.NAME, [manifest.to_json()])
    return manifest


def _check(path: Path) -> None:
    if path.is_dir():
        raise BackupError(f"{path} is a folder; name the file that is to be written.")
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}.")
    if path.resolve().is_relative_to(uploads.root().resolve()):
        raise BackupError(f"{path} would lie among the uploaded files, which are part of the backup.")
