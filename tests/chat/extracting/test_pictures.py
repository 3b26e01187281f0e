"""What a model sees of pictures: upright, no larger than is of use, nothing of who took them and where.

Proves B3.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from chat.extracting.contract import Extracted
from chat.extracting.process import extract
from tests.chat.extracting import making


def prepared(content: bytes) -> tuple[Extracted, Image.Image]:
    found = extract("picture", io.BytesIO(content))
    assert not found.problem
    picture = Image.open(io.BytesIO(found.body))
    assert (picture.width, picture.height) == (found.width, found.height)
    assert Image.MIME[picture.format or ""] == found.mime_type
    return found, picture


def test_a_photograph_stands_upright_is_scaled_and_says_nothing_of_its_camera() -> None:
    found, picture = prepared(making.camera_picture())
    assert (found.width, found.height) == (1045, 1568)
    assert found.mime_type == "image/jpeg"
    assert not picture.getexif()
    assert b"A camera" not in found.body


@pytest.mark.parametrize(
    ("kind", "mode", "given"),
    [
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "LA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "1", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("WEBP", "RGBA", "image/webp"),
        ("GIF", "P", "image/png"),
        ("BMP", "RGB", "image/png"),
        ("TIFF", "CMYK", "image/jpeg"),
        ("TIFF", "I;16", "image/jpeg"),
        ("TIFF", "RGBA", "image/png"),
        ("AVIF", "RGB", "image/jpeg"),
    ],
)
def test_every_kind_becomes_one_that_models_take(kind: str, mode: str, given: str) -> None:
    found, picture = prepared(making.picture(kind, mode=mode))
    assert found.mime_type == given
    assert picture.size == (40, 20)
    assert picture.mode in ("RGB", "RGBA", "L")


def test_of_sixteen_bits_the_upper_eight_stay() -> None:
    _, picture = prepared(making.picture("PNG", mode="I;16", colour=0x8000))
    assert picture.getpixel((0, 0)) == 128


def test_of_a_film_the_first_picture_is_given() -> None:
    frames: Any = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    film = making.saved(lambda out: frames[0].save(out, "GIF", save_all=True, append_images=frames[1:]))
    _, picture = prepared(film)
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
    assert not getattr(picture, "is_animated", False)


def test_what_can_be_seen_through_stays_so() -> None:
    _, picture = prepared(making.picture("PNG", mode="RGBA", colour=(255, 0, 0, 10)))
    assert picture.getpixel((0, 0)) == (255, 0, 0, 10)


def test_a_picture_that_stays_large_is_packed_more_tightly() -> None:
    noise = Image.effect_noise((1568, 1568), 200).convert("RGB")
    noise.putalpha(Image.effect_noise((1568, 1568), 200))
    found, _ = prepared(making.saved(lambda out: noise.save(out, "PNG")))
    assert found.mime_type == "image/webp"
    assert len(found.body) < 3_600_000


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (making.picture("PNG", (12_000, 12_000), "1"), "too_large"),
        (making.picture("JPEG", (400, 400))[:300], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "damaged"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "damaged"),
    ],
)
def test_a_bomb_or_a_damaged_one_is_refused(content: bytes, problem: str) -> None:
    assert extract("picture", io.BytesIO(content)).problem == problem
