"""Pictures as models take them: upright, no larger than is of use, without what a camera wrote into them."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import BinaryIO

import pi_heif
from PIL import Image, ImageCms, ImageOps

from chat.extracting.contract import Extracted, Unreadable
from chat.extracting.limits import LONGEST_SIDE, MAX_PIXELS, PICTURE_BYTES

# No program is run for any of them, as Pillow would for PostScript.
_OPENED = ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF"]
_SAME = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WEBP", "GIF": "PNG", "BMP": "PNG"}
_SETTINGS = {"PNG": {"compress_level": 6}, "JPEG": {"quality": 88}, "WEBP": {"quality": 88}}
_WIDE = {"I;16": 256, "I;16B": 256, "I;16L": 256, "I;16N": 256, "I": 256}

pi_heif.register_heif_opener(thumbnails=False)
pi_heif.options.DECODE_THREADS = 1
Image.MAX_IMAGE_PIXELS = None  # ours says it in words
# All that there are, before the process gives up what it would need to find them.
Image.init()


def prepare(file: BinaryIO) -> Extracted:
    with Image.open(file, formats=_OPENED) as found:
        if found.width * found.height > MAX_PIXELS:
            raise Unreadable("too_large")
        kind = _SAME.get(found.format or "", "JPEG")
        found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        found.seek(0)
        picture = _plain(ImageOps.exif_transpose(_scaled(found)))
    if kind == "JPEG" and picture.mode == "RGBA":
        kind = "PNG"
    body = _written(picture, kind)
    if len(body) > PICTURE_BYTES:
        kind, body = "WEBP", _written(picture, "WEBP")
    return Extracted(body, mime_type=f"image/{kind.lower()}", width=picture.width, height=picture.height)


def _scaled(found: Image.Image) -> Image.Image:
    """First, so that the rest has less to do; only palettes and 16 bits cannot be mixed as they are."""
    if found.mode in _WIDE:
        found = found.point(lambda value: value / _WIDE[found.mode]).convert("L")
    elif found.mode in ("P", "1", "PA"):
        found = found.convert("RGBA" if "transparency" in found.info or found.mode == "PA" else "RGB")
    longest = max(found.size)
    if longest <= LONGEST_SIDE:
        return found
    size = tuple(max(1, round(side * LONGEST_SIDE / longest)) for side in found.size)
    resized = found.resize((size[0], size[1]), Image.Resampling.LANCZOS, reducing_gap=3.0)
    resized.info = found.info
    return resized


def _plain(found: Image.Image) -> Image.Image:
    """In the colours that every model knows, and with nothing but its pixels."""
    found = _in_srgb(found)
    has_alpha = "A" in found.getbands() or "transparency" in found.info
    converted = found.convert("RGBA" if has_alpha else "L" if found.mode in ("L", "F") else "RGB")
    plain = Image.new(converted.mode, converted.size)
    plain.paste(converted)
    return plain


def _in_srgb(found: Image.Image) -> Image.Image:
    profile = found.info.get("icc_profile")
    if not profile or found.mode not in ("RGB", "CMYK", "RGBA", "L"):
        return found
    target = "RGBA" if found.mode == "RGBA" else "RGB"
    with suppress(ImageCms.PyCMSError, OSError, ValueError):
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(found, own, ImageCms.createProfile("sRGB"), outputMode=target)
        return changed or found
    return found


def _written(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **_SETTINGS[kind])
    return out.getvalue()
