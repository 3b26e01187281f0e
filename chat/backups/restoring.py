"""Bringing a backup back: first all is checked and unpacked, then the database changes in one step."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from chat.backups import manifest as manifests
from chat.backups import postgresql, secret, sqlite, uploads
from chat.backups.archive import BackupError, Damaged, NothingThere, Reader, Tell, reading
from chat.backups.making import make_backup
from chat.backups.manifest import Manifest, check_fits, read_manifest
from chat.backups.moments import is_empty
from chat.generation import liveness
from chat.generation.jobs import STALE_SECONDS
from chat.models import Session, WorkerProcess


@dataclass(frozen=True)
class Restored:
    """What came back; where that is which was here before; which servers saw it happen."""

    manifest: Manifest
    before: Path | None
    servers: tuple[str, ...]
    # Whether a secret key is missing that only its owner has.
    lacks_key: bool


def restore_backup(*, path: Path, tell: Tell) -> Restored:
    """Make all as it was in that backup. A kill at any moment leaves the old or the new.

    Raises:
        BackupError: it cannot be done. Nothing has changed.
    """
    engine = _engine()
    begun = time.time()
    with _in_words(), reading(path) as reader, _alone():
        manifest = read_manifest(reader)
        check_fits(manifest)
        with _staging(reader) as folder:
            uploads.unpack(reader, folder / "uploads", manifest.made_at, tell)
            engine.stage(reader, manifest, folder, tell)
            key = reader.read(manifests.SECRET_KEY) if manifest.has_key else None
            before, servers = _keep_what_is_here(tell), _servers()
            # Files that nobody names harm nobody: so they come before the database, and others go after it.
            uploads.put_in_place(folder / "uploads")
            engine.put_in_place(reader, manifest, folder, tell)
            tell("database", 1, 1)
        lacks_key = secret.mark() != manifest.key_mark and not (key and secret.kept())
        if key:
            secret.keep(key)
        if before and before.suffix == ".zip":  # which has those that were named
            uploads.remove_unnamed(older_than=begun)
    return Restored(manifest, before, servers, lacks_key)


def _engine() -> ModuleType:
    return sqlite if connection.vendor == "sqlite" else postgresql


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        named = f" ({trouble.filename})" if trouble.filename else ""
        raise BackupError(f"It cannot be restored: {trouble.strerror or trouble}{named}.") from trouble
    except DatabaseError as trouble:
        raise BackupError(f"The database cannot be reached: {trouble}.") from trouble


def conversations_here() -> int:
    """None where there are no tables, or none that can be read."""
    try:
        return Session.objects.count()
    except DatabaseError:
        return 0


def _keep_what_is_here(tell: Tell) -> Path | None:
    folder = Path(settings.PARLEY_DATA) / "backups"
    path = folder / f"before-restore-{timezone.now():%Y%m%d-%H%M%S-%f}.zip"
    try:
        if is_empty(_engine().now()):
            return None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_backup(path=path, tell=tell)
    except NothingThere:
        return None
    except Damaged:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return sqlite.set_aside(path)
    return path


@contextlib.contextmanager
def _staging(reader: Reader) -> Iterator[Path]:
    """A folder from which files can be moved to where they are used; gone at the end."""
    folder = uploads.root() / ".restoring"
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
    folder.mkdir(parents=True, mode=0o700)
    try:
        needed = sum(member.file_size for member in reader.members)
        if needed > shutil.disk_usage(folder).free:
            raise BackupError(f"There is no room for it: {needed:,} bytes are needed in {folder.parent}.")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    folder = Path(settings.PARLEY_DATA) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "restore.lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise BackupError("Another restore is under way.") from busy
        yield


def _servers() -> tuple[str, ...]:
    """Those that are at work now."""
    alive = timezone.now() - timedelta(seconds=STALE_SECONDS)
    try:
        found = list(WorkerProcess.objects.filter(beat_at__gt=alive))
    except DatabaseError:
        return ()
    return tuple(str(one) for one in found if not liveness.is_surely_dead(one.host, one.pk))
