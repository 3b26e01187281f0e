"""The uploaded files. They are written once and never changed: they are read while others come and go."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models

from chat.backups.archive import Reader, Tell, Writer, blocks_of
from chat.backups.manifest import UPLOADS

PROBE = 1 << 16
# Names that the database is asked about at a time.
BATCH = 500


class Files:
    """Those of one backup; each is added once."""

    def __init__(self, writer: Writer, tell: Tell) -> None:
        self._writer = writer
        self._tell = tell
        self._names: set[str] = set()

    @property
    def count(self) -> int:
        return len(self._names)

    def add(self, names: Iterable[str]) -> None:
        """Add them; one that is gone is somebody's who wanted it gone."""
        for name in names:
            if name not in self._names and self._add_one(name):
                self._names.add(name)
                self._tell("files", self.count, 0)

    def _add_one(self, name: str) -> bool:
        try:
            file = (root() / name).open("rb")
        except FileNotFoundError:
            return False
        with file:
            head = file.read(PROBE)
            file.seek(0)
            is_packed = len(zlib.compress(head, 1)) < 0.9 * len(head)
            self._writer.add(UPLOADS + name, blocks_of(file), is_packed=is_packed)
        return True


def root() -> Path:
    return Path(settings.MEDIA_ROOT)


def stored_names(folder: str = "") -> Iterator[str]:
    """What lies there, with slashes between; what begins with a dot is not ours."""
    if not (root() / folder).is_dir():
        return
    with os.scandir(root() / folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from stored_names(f"{folder}{entry.name}/")
            elif entry.is_file():
                yield f"{folder}{entry.name}"


def unpack(reader: Reader, folder: Path, made_at: datetime, tell: Tell) -> None:
    """Write them to a folder beside those in use, as old as the backup, and fail if one is damaged."""
    names = [member.filename for member in reader.members if member.filename.startswith(UPLOADS)]
    for number, name in enumerate(names, 1):
        path = folder / PurePosixPath(name).relative_to(UPLOADS)
        path.parent.mkdir(parents=True, exist_ok=True)
        reader.unpack(name, path)
        os.utime(path, (made_at.timestamp(), made_at.timestamp()))
        tell("files", number, len(names))


def put_in_place(folder: Path) -> None:
    """Move what was unpacked there to where it is used; after a power cut none is empty under its name."""
    if not folder.exists():
        return
    os.sync()
    for parent, _folders, names in os.walk(folder):
        target = root() / Path(parent).relative_to(folder)
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            os.replace(Path(parent, name), target / name)
    os.sync()


def remove_unnamed(older_than: float) -> None:
    """Remove what no row names, unless somebody is only just uploading it."""
    names = stored_names()
    while batch := set(islice(names, BATCH)):
        for name in batch - _named(batch):
            if (root() / name).stat().st_mtime < older_than:
                default_storage.delete(name)


def _named(names: set[str]) -> set[str]:
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField) and field.storage == default_storage:
                rows = model._default_manager.filter(**{f"{field.name}__in": names})
                found |= set(rows.values_list(field.name, flat=True))
    return found
