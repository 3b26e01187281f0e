"""The secret key that Parley made for itself; one that came from the environment is its owner's to keep."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac


def kept() -> bytes | None:
    """The file's bytes, if it is the one in use."""
    try:
        key = _path().read_bytes()
    except FileNotFoundError:
        return None
    return key if key.decode("ascii", "replace") == settings.SECRET_KEY else None


def mark() -> str:
    """By this the key in use is told from another."""
    return salted_hmac("parley.backup", "secret key").hexdigest()[:16]


def keep(key: bytes) -> None:
    """What the next start uses, unless the environment has one."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def _path() -> Path:
    return Path(settings.PARLEY_DATA) / "keys" / "secret_key"
