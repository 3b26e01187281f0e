"""What a backup says of itself, and whether it can be brought back here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.db import connection

from chat.backups import migrations
from chat.backups.archive import BackupError, Reader, digest_of
from chat.text import number

NAME = "manifest.json"
DATABASE, UPLOADS, SECRET_KEY = "database/", "uploads/", "secret_key"
# One that has another makeup has another number.
FORMAT = 1
PROGRAM = "Parley"
MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Table:
    """A table of which the rows are in a member of their own; `next_values` of columns that count."""

    name: str
    columns: tuple[str, ...]
    next_values: Mapping[str, int]


@dataclass(frozen=True)
class Contents:
    """What the database had at the moment of the backup."""

    migrations: Sequence[tuple[str, str]]
    people: int
    conversations: int
    messages: int
    # Empty where the database is one file.
    tables: Sequence[Table] = ()


@dataclass(frozen=True)
class Manifest:
    made_at: datetime
    database: str
    contents: Contents
    files: int
    # Tells one secret key from another, and says nothing of it.
    key_mark: str
    has_key: bool
    # Of all members but this one.
    digest: str
    format: int = FORMAT
    program: str = PROGRAM

    def __str__(self) -> str:
        """What it has, in words."""
        had = self.contents
        people = _counted(had.people, "person", "people")
        conversations = _counted(had.conversations, "conversation", "conversations")
        messages = _counted(had.messages, "message", "messages")
        return f"{people}, {conversations}, {messages} and {_counted(self.files, 'file', 'files')}"

    def to_json(self) -> bytes:
        return json.dumps({**asdict(self), "made_at": self.made_at.isoformat()}, indent=1).encode()


def read_manifest(reader: Reader) -> Manifest:
    """
    Raises:
        BackupError: it is not ours, or not whole, or would put files where none of ours are.
    """
    names = [member.filename for member in reader.members]
    if NAME not in names or any(one.file_size > MAX_BYTES for one in reader.members if one.filename == NAME):
        raise BackupError("This is a zip, but no backup of Parley’s.")
    manifest = _parsed(reader.read(NAME))
    members = [member for member in reader.members if member.filename != NAME]
    for member in members:
        if not _is_ours(member.filename):
            raise BackupError(f"This backup was tampered with: {member.filename!r} has no place in it.")
    if len(set(names)) != len(names) or manifest.digest != digest_of(members):
        raise BackupError("This backup is not whole, or was changed after it was made.")
    return manifest


def check_fits(manifest: Manifest) -> None:
    """
    Raises:
        BackupError: it is of another kind of database, or of a later Parley.
    """
    if manifest.database != connection.vendor:
        raise BackupError(
            f"This backup is of a {manifest.database} database, "
            f"and DATABASE_URL names one of {connection.vendor}."
        )
    if unknown := migrations.unknown(manifest.contents.migrations):
        app, name = unknown[0]
        raise BackupError(
            f"This backup was made by a newer Parley, or with other plugins: {app}.{name} is not known here."
        )


def _counted(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"


def _parsed(data: bytes) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(data)
        if said["program"] != PROGRAM:
            raise BackupError("This is a zip, but no backup of Parley’s.")
        if said["format"] != FORMAT:
            raise BackupError(
                f"This backup has the format {said['format']}, and this Parley reads {FORMAT}: update it."
            )
        contents = said.pop("contents")
        tables = [Table(one["name"], tuple(one["columns"]), one["next_values"]) for one in contents["tables"]]
        pairs = [(str(app), str(name)) for app, name in contents["migrations"]]
        return Manifest(
            **{
                **said,
                "made_at": datetime.fromisoformat(said["made_at"]),
                "contents": Contents(**{**contents, "tables": tables, "migrations": pairs}),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise BackupError("This backup’s manifest makes no sense.") from trouble


def _is_ours(name: str) -> bool:
    """A path that leads nowhere else, of a kind that we write."""
    path = PurePosixPath(name)
    is_plain = str(path) == name and not path.is_absolute() and "\\" not in name and "\0" not in name
    if not is_plain or any(part.startswith(".") for part in path.parts):
        return False
    return name == SECRET_KEY or (len(path.parts) > 1 and name.startswith((DATABASE, UPLOADS)))
