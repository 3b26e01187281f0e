"""Making a backup, also while a server is at work."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.utils import timezone

from chat.backups import manifest as manifests
from chat.backups import postgresql, secret, sqlite, uploads
from chat.backups.archive import BackupError, Tell, beside, writing
from chat.backups.manifest import Manifest
from chat.backups.moments import contents_of, file_names, sent_names


def make_backup(*, path: Path, tell: Tell, with_key: bool = True) -> Manifest:
    """Write the file `path`, or put a new one in its place.

    With the secret key, if Parley made it, the file tells all that is encrypted in it to whoever has it.

    Raises:
        BackupError: it cannot be made. What was at `path` is still there.
    """
    _check(path)
    engine = sqlite if connection.vendor == "sqlite" else postgresql
    made_at = timezone.now()
    aside = beside(path, ".partial.sqlite3")
    with writing(path) as writer:
        files = uploads.Files(writer, tell)
        # What was sent comes first: it may be purged before it is read, and yet be in the database's moment.
        files.add(list(sent_names(engine.now())))
        with engine.moment(aside, tell) as moment:
            names = list(file_names(moment))
            contents = contents_of(moment, moment.save(writer, tell))
        files.add(names)
        if key := secret.kept() if with_key else None:
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
