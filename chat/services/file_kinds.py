"""What a file is: told by its bytes, never by what the sender says. A suffix only tells texts apart."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import PurePosixPath
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from chat.errors import UnsupportedFile
from chat.models import Attachment

Kind = Attachment.Kind
# Control characters but those of line ends, tabs, and the colours of a terminal's log.
_BINARY = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
BLOCK = 1 << 18

_OFFICE = "application/vnd.openxmlformats-officedocument"
OFFICE_FOLDERS = {
    "word/": f"{_OFFICE}.wordprocessingml.document",
    "xl/": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}.presentationml.presentation",
}
_OPEN = "application/vnd.oasis.opendocument"
OPEN_TYPES = {f"{_OPEN}.{kind}" for kind in ("text", "spreadsheet", "presentation")} | {
    "application/epub+zip"
}
# Compound files, as Office wrote them before 2007.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
}
# What a file of ISO's kind says that it can be read as.
BRANDS = {
    "image/avif": frozenset([b"avif", b"avis"]),
    "image/heic": frozenset([b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"]),
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
        ".htm",
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
        ".xhtml",
        ".xml",
        ".yaml",
        ".yml",
        ".zig",
    ]
)


def kind_of(file: IO[bytes] | UploadedFile[bytes], name: str) -> tuple[Kind, str]:
    """The kind and the MIME type of what is in `file`.

    Raises:
        UnsupportedFile: it is nothing that we take.
    """
    file.seek(0)
    head = file.read(1024)
    found = _image(head) or _document(file, head, name) or _text(file, name)
    file.seek(0)
    if found is None:
        raise UnsupportedFile(
            _("%(name)s is no image, PDF, Office document or text that can be read here.") % {"name": name},
            field="file",
        )
    return found


def _image(head: bytes) -> tuple[Kind, str] | None:
    for start, mime_type in PICTURES.items():
        if head.startswith(start):
            return Kind.IMAGE, mime_type
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return Kind.IMAGE, "image/bmp"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.IMAGE, "image/webp"
    if head[4:8] == b"ftyp":
        size = int.from_bytes(head[:4], "big")
        brands = {head[at : at + 4] for at in (8, *range(16, min(size, len(head)), 4))}
        for mime_type, known in BRANDS.items():
            if brands & known:
                return Kind.IMAGE, mime_type
    return None


def _document(file: IO[bytes] | UploadedFile[bytes], head: bytes, name: str) -> tuple[Kind, str] | None:
    if head.startswith(b"%PDF-"):
        return Kind.DOCUMENT, "application/pdf"
    if head.startswith(b"{\\rtf"):
        return Kind.DOCUMENT, "application/rtf"
    if head.startswith(COMPOUND):
        return Kind.DOCUMENT, _compound(file, name)
    if not head.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            mime_type = _packed(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return None
    return (Kind.DOCUMENT, mime_type) if mime_type else None


def _packed(archive: zipfile.ZipFile) -> str:
    """What kind of document an archive is; empty for any other."""
    names = archive.namelist()
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
        told = archive.read("mimetype").decode("ascii", "replace").strip()
        if told in OPEN_TYPES:
            return told
    for folder, mime_type in OFFICE_FOLDERS.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return mime_type
    return ""


def _compound(file: IO[bytes] | UploadedFile[bytes], name: str) -> str:
    """Of the files that Office made before 2007, and those that it encrypts, workbooks can be read.

    Raises:
        UnsupportedFile: it is another.
    """
    file.seek(0)
    content = file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        words = _("%(name)s is protected by a password. Save it without, and attach that.")
    elif any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book\0")):
        return "application/vnd.ms-excel"
    else:
        words = _("%(name)s is of a kind from before 2007. Save it as .docx or .pptx, and attach that.")
    raise UnsupportedFile(words % {"name": name}, field="file")


def _text(file: IO[bytes] | UploadedFile[bytes], name: str) -> tuple[Kind, str] | None:
    if not _is_text(file):
        return None
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".eml":
        return Kind.DOCUMENT, "message/rfc822"
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
