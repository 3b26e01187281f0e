"""Static files: collected once a version under hashed names, served ahead of Django."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from servestatic.asgi import ServeStaticASGI
from servestatic.storage import CompressedManifestStaticFilesStorage

from config import bundles

# Parts of a bundle: nobody asks for them by themselves.
PARTS = ["js/*.js"]
# What static files come from; another version of these brings others.
PACKAGES = ("django", "django-htmx")


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """Pages ask for hashed names, so no others are worth the seconds that compressing takes."""

    def compress_files(self, paths: set[str]) -> Iterator[tuple[str, str]]:
        hashed: Iterator[tuple[str, str]] = super().compress_files(paths & set(self.hashed_files.values()))
        return hashed


def with_static_files(application: Any) -> Any:
    """`application`, with `/static/` answered from the collected files."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return ServeStaticASGI(application, root=root, prefix=settings.STATIC_URL, allow_all_origins=False)


def collect_static_files() -> None:
    """Collect the static files, unless those that are there are of this very source."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    # Beside the folder: whatever is in it is served.
    stamp = root.with_name("static.fingerprint")
    fingerprint = _fingerprint()
    # Two servers may start at once; files of an earlier version stay, for pages that are still open.
    with (root.parent / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != fingerprint:
            call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=PARTS)
            stamp.write_text(fingerprint)


def _fingerprint() -> str:
    digest = hashlib.sha256(" ".join(version(package) for package in PACKAGES).encode())
    digest.update(Path(bundles.__file__).read_bytes())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(folder)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
