"""The writer of attachments: what a file is comes from its bytes, never from what the sender says."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chat.errors import BadValue, TooLarge, UnsupportedFile
from chat.extracting.kinds import reader_of
from chat.generation import extracts
from chat.models import Attachment, User

Kind = Attachment.Kind
NAME_CHARS = 255
# Control characters but those of line ends, tabs, and the colours of a terminal's log.
_BINARY = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
BLOCK = 1 << 18

_OFFICE = "application/vnd.openxmlformats-officedocument"
OFFICE_FOLDERS = {
    "word/": f"{_OFFICE}.wordprocessingml.document",
    "xl/": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}.presentationml.presentation",
}
# HTML, SVG, scripts and styles are plain text here: with their own types a page could run them.
TEXT_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".tsv": "text/tab-separated-values",
}
CODE_SUFFIXES = frozenset(
    [
        ".bash",
        ".c",
        ".cc",
        ".cpp",
        ".cs",
        ".css",
        ".diff",
        ".ex",
        ".go",
        ".h",
        ".hpp",
        ".html",
        ".ini",
        ".java",
        ".js",
        ".json",
        ".jsx",
        ".kt",
        ".lua",
        ".patch",
        ".php",
        ".pl",
        ".ps1",
        ".py",
        ".r",
        ".rb",
        ".rs",
        ".scala",
        ".scss",
        ".sh",
        ".sql",
        ".svelte",
        ".swift",
        ".tf",
        ".toml",
        ".ts",
        ".tsx",
        ".vue",
        ".xml",
        ".yaml",
        ".yml",
        ".zig",
    ]
)


def add_attachment(*, owner: User, file: UploadedFile[bytes]) -> Attachment:
    """Keep a file that was sent; it belongs to no message yet.

    Raises:
        TooLarge, UnsupportedFile, BadValue: it is not taken.
    """
    attachment = checked_attachment(owner=owner, file=file, name=file.name or "", size=file.size or 0)
    attachment.file = file
    attachment.save(force_insert=True)
    extracts.begin({attachment.file.name or "": reader_of(attachment.mime_type, attachment.name)})
    return attachment


def checked_attachment(
    *, owner: User, file: IO[bytes] | UploadedFile[bytes], name: str, size: int
) -> Attachment:
    """The row for a file, which is not saved yet, and neither are the bytes.

    Raises:
        TooLarge, UnsupportedFile, BadValue: it is not taken.
    """
    if size > settings.ATTACHMENT_MAX_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
        raise TooLarge(_("A file may have up to %(size)s MB.") % {"size": limit}, field="file")
    if not size:
        raise BadValue(_("The file is empty."), field="file")
    name = clean_name(name)
    kind, mime_type = kind_of(file, name)
    return Attachment(owner=owner, kind=kind, name=name, size=size, mime_type=mime_type)


def drop_attachment(*, attachment: Attachment) -> bool:
    """Delete a file that was not sent with any message, bytes and all; whether it was still free."""
    free = Attachment.objects.filter(pk=attachment.pk, message=None)
    if free.delete()[0] == 0:
        return False
    transaction.on_commit(lambda: delete_unnamed([attachment.file.name or ""]))
    return True


def delete_unnamed(names: Iterable[str], *, apart_from: QuerySet[Attachment] | None = None) -> None:
    """Delete those stored files that no row names: a branch's rows share them with the original's."""
    found = set(names)
    rows = Attachment.objects.filter(file__in=found)
    if apart_from is not None:
        rows = rows.exclude(pk__in=apart_from)
    gone = found - set(rows.values_list("file", flat=True))
    for name in gone:
        default_storage.delete(name)
    extracts.forget(gone)


def clean_name(name: str) -> str:
    """`name` without path and control characters, and no longer than a file's name may be."""
    base = re.split(r"[/\\]", name)[-1]
    base = re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", base).strip(" .")
    path = PurePosixPath(base or "file")
    suffix = path.suffix[:20]
    return path.name.removesuffix(path.suffix)[: NAME_CHARS - len(suffix)] + suffix


def kind_of(file: IO[bytes] | UploadedFile[bytes], name: str) -> tuple[Kind, str]:
    """The kind and the MIME type of what is in `file`.

    Raises:
        UnsupportedFile: it is nothing that we take.
    """
    file.seek(0)
    head = file.read(1024)
    found = _image(head) or _document(file, head) or _text(file, name)
    file.seek(0)
    if found is None:
        raise UnsupportedFile(
            _("%(name)s is no image, PDF, Office document or text that can be read here.") % {"name": name},
            field="file",
        )
    return found


def _image(head: bytes) -> tuple[Kind, str] | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.IMAGE, "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.IMAGE, "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Kind.IMAGE, "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.IMAGE, "image/webp"
    return None


def _document(file: IO[bytes] | UploadedFile[bytes], head: bytes) -> tuple[Kind, str] | None:
    if head.startswith(b"%PDF-"):
        return Kind.DOCUMENT, "application/pdf"
    if not head.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    for folder, mime_type in OFFICE_FOLDERS.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return Kind.DOCUMENT, mime_type
    return None


def _text(file: IO[bytes] | UploadedFile[bytes], name: str) -> tuple[Kind, str] | None:
    if not _is_text(file):
        return None
    suffix = PurePosixPath(name).suffix.lower()
    kind = Kind.CODE if suffix in CODE_SUFFIXES else Kind.TEXT
    return kind, TEXT_TYPES.get(suffix, "text/plain")


def _is_text(file: IO[bytes] | UploadedFile[bytes]) -> bool:
    """Whether all of it is UTF-8, or UTF-16 that says so, without characters that no text has."""
    file.seek(0)
    start = file.read(2)
    file.seek(0)
    encoding = "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8"
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(BLOCK):
            if _BINARY.search(decoder.decode(block)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
