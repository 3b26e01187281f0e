"""The first page of a PDF, to be seen before all of it is made.

Proves B13.
"""

from __future__ import annotations

import io
from threading import BoundedSemaphore

import pytest
from PIL import Image

from chat.models import User
from exports.content.transcript import Transcript
from exports.formats import FORMATS
from exports.formats.contract import CannotWrite
from exports.formats.pdf import preview
from exports.options import Options
from tests.exports.rich import make_rich_session
from tests.factories import make_session

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_page_shows_before_all_is_made(alice: User) -> None:
    picture = FORMATS["pdf"].picture
    assert picture
    with Image.open(io.BytesIO(picture(Transcript(make_rich_session(alice), Options(), most=6)))) as page:
        assert page.format == "PNG"
        assert 1.40 < page.height / page.width < 1.42
        assert len(page.getcolors(1 << 20) or ()) > 50


@pytest.mark.django_db(transaction=True)
def test_first_pages_wait_for_each_other_but_not_for_ever(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = BoundedSemaphore(1)
    monkeypatch.setattr(preview, "_ROOM", room)
    monkeypatch.setattr(preview, "PATIENCE", 0.1)
    transcript = Transcript(make_session(alice, ["Hello"]), Options())
    with room, pytest.raises(CannotWrite, match="busy"):
        preview.first_page(transcript)
    monkeypatch.setattr(preview, "PATIENCE", 20.0)
    assert preview.first_page(transcript).startswith(b"\x89PNG")
