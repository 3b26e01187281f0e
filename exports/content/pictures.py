"""The pictures of a conversation as a document holds them: read from our own files alone, and checked."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from chat.models import Attachment

MOST_PIXELS = 1600
"""Of the longer side: 24 cm at 170 dots an inch, which is what prints well."""
LARGEST = 64_000_000
"""Pixels beyond which a picture is not opened: 8,000 by 8,000, which takes 200 MB."""
_KEPT = {"PNG": "image/png", "JPEG": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Picture:
    """PNG or JPEG, upright, its size in pixels."""

    content: bytes
    mime_type: str
    width: int
    height: int


def picture_of(attachment: Attachment) -> Picture | None:
    """The picture as PNG or JPEG; None where it is none, is damaged, too large, or gone."""
    if not attachment.is_picture:
        return None
    try:
        with attachment.file.open("rb") as stored, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _picture(stored.read())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None


def _picture(content: bytes) -> Picture | None:
    """What is fit to be embedded as it is stays; all else is made anew, without what it says of its maker."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]) as found:
            if found.width * found.height > LARGEST:
                return None
            kind = _KEPT.get(found.format or "")
            upright = ImageOps.exif_transpose(found)
            upright.thumbnail((MOST_PIXELS, MOST_PIXELS))
            has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
            made = upright.convert("RGBA" if has_alpha else "RGB")
    except UnidentifiedImageError:
        return None
    out = io.BytesIO()
    if kind == "image/jpeg":
        made.convert("RGB").save(out, "JPEG", quality=85)
        return Picture(out.getvalue(), kind, made.width, made.height)
    made.save(out, "PNG", optimize=False)
    return Picture(out.getvalue(), "image/png", made.width, made.height)
