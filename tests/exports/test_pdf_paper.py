"""On what paper a PDF is: on what people have where they are.

Proves B13.
"""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from django.utils import timezone, translation

from exports.formats.pdf import documents
from exports.formats.pdf.paper import paper


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/New_York", "Letter"),
        ("America/Toronto", "Letter"),
        ("America/Bahia_Banderas", "Letter"),
        ("Asia/Manila", "Letter"),
        ("Pacific/Guam", "Letter"),
        ("Pacific/Pago_Pago", "Letter"),
        ("America/Puerto_Rico", "Letter"),
        ("America/Argentina/Buenos_Aires", "A4"),
        ("America/Bahia", "A4"),
        ("America/Sao_Paulo", "A4"),
        ("America/Martinique", "A4"),
        ("America/Guadeloupe", "A4"),
        ("America/Miquelon", "A4"),
        ("America/Curacao", "A4"),
        ("America/Aruba", "A4"),
        ("Europe/Berlin", "A4"),
        ("Asia/Tokyo", "A4"),
        ("UTC", "A4"),
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_it_is_that_of_the_place_and_not_of_the_language(zone: str, expected: str, language: str) -> None:
    assert zone in available_timezones()
    with timezone.override(zone), translation.override(language):
        assert paper() == expected


def test_the_pages_have_that_size() -> None:
    assert "size: A4;" in documents.style("A4")
    assert "size: Letter;" in documents.style("Letter")
