"""What the environment says, read once: every variable of the contract, with its safe default."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from environs import Env

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("PARLEY_DATA", str(BASE_DIR / "var"))).resolve()


def secret_key() -> str:
    """The key from `SECRET_KEY`, else one made at the first start and kept, readable by its owner alone."""
    if key := env.str("SECRET_KEY", ""):
        return key
    path = DATA_DIR / "keys" / "secret_key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Whole or not at all, and of two that start at once the first one's.
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    return path.read_text(encoding="ascii")
