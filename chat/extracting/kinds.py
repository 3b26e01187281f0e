"""Which reader a file needs, by what its bytes said that it is."""

from __future__ import annotations

from pathlib import PurePosixPath

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
DOCUMENTS = {
    "application/pdf": "pdf",
    f"{_OFFICE}.wordprocessingml.document": "word",
    f"{_OFFICE}.spreadsheetml.sheet": "sheets",
    f"{_OFFICE}.presentationml.presentation": "slides",
    "application/vnd.ms-excel": "sheets",
    f"{_OPEN}.spreadsheet": "sheets",
    f"{_OPEN}.text": "opendocument",
    f"{_OPEN}.presentation": "opendocument",
    "application/epub+zip": "epub",
    "application/rtf": "rtf",
    "message/rfc822": "mail",
}
PAGES = frozenset([".html", ".htm", ".xhtml"])
PICTURE = "picture"


def reader_of(mime_type: str, name: str) -> str:
    """The name of its reader; empty for what is text as it lies there, and for what nobody reads.

    Pages of HTML are plain text here, so that no browser runs them: only their name tells.
    """
    if mime_type.startswith("image/"):
        return PICTURE
    if PurePosixPath(name).suffix.lower() in PAGES:
        return "page"
    return DOCUMENTS.get(mime_type, "")
