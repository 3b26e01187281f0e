"""Files that go with a message: chips in the composer, pictures and files in what was sent.

Proves B3.
"""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from chat.models import Attachment, Message, User
from tests.chat.pages.conftest import Ask, Response, text_of
from tests.factories import make_attachment, make_session

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def get_file(user: User, url: str) -> Response:
    client = AsyncClient()
    client.force_login(user)
    return async_to_sync(client.get)(url)


def bytes_of(response: Response) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return async_to_sync(read)()


def test_a_file_becomes_a_chip_and_goes_with_the_message(page: Client, alice: User) -> None:
    answer = page.post("/files/", {"file": SimpleUploadedFile("notes.txt", b"Notes")})
    attachment = Attachment.objects.get()
    assert answer.status_code == 201
    assert f'value="{attachment.id}"' in text_of(answer)
    page.post("/send/", {"content": "Read this", "attachment_ids": [str(attachment.id)]})
    attachment.refresh_from_db()
    assert attachment.message is not None
    assert "notes.txt" in text_of(page.get(f"/chat/{attachment.message.session_id}/"))


def test_a_file_that_is_not_taken_is_refused_in_words(page: Client) -> None:
    response = page.post("/files/", {"file": SimpleUploadedFile("a.bin", b"\x00\x01\x02")})
    assert response.status_code == 415
    assert response["Content-Type"].startswith("text/plain")
    assert "a.bin is no image, PDF" in text_of(response)
    assert page.post("/files/").status_code == 422


def test_files_stay_in_the_order_in_which_they_were_chosen(page: Client, alice: User) -> None:
    """The smaller one is there first, whichever was chosen first."""
    files = [make_attachment(alice, name=f"{name}.txt") for name in "abc"]
    chosen = [files[1], files[2], files[0]]
    page.post("/send/", {"content": "Read", "attachment_ids": [str(file.id) for file in chosen]})
    shown = text_of(page.get(f"/chat/{Message.objects.get(role='user').session_id}/"))
    assert shown.index("b.txt") < shown.index("c.txt") < shown.index("a.txt")


def test_a_name_is_no_html(page: Client) -> None:
    chip = text_of(page.post("/files/", {"file": SimpleUploadedFile('<img src=x onerror="a()">.txt', b"x")}))
    assert "<img" not in chip
    assert "&lt;img src=x" in chip


@pytest.mark.parametrize(("size", "is_offered"), [(10, True), (settings.MESSAGE_MAX_CHARS + 1, False)])
def test_a_text_that_fits_can_be_put_into_the_message(page: Client, size: int, is_offered: bool) -> None:
    chip = text_of(page.post("/files/", {"file": SimpleUploadedFile("a.txt", b"x" * size)}))
    assert ("data-inline" in chip) is is_offered


def test_a_file_that_was_taken_off_is_gone_with_its_bytes(htmx: Ask, alice: User) -> None:
    attachment = make_attachment(alice)
    name, storage = attachment.file.name, attachment.file.storage
    assert htmx(f"/files/{attachment.id}/remove/").status_code == 204
    assert not Attachment.objects.exists()
    assert not storage.exists(name or "")


def test_a_file_that_was_sent_stays(htmx: Ask, alice: User) -> None:
    message = make_session(alice, ["Hello"]).messages.get()
    attachment = make_attachment(alice, message=message)
    assert htmx(f"/files/{attachment.id}/remove/").status_code == 204
    assert attachment.file.storage.exists(attachment.file.name or "")


def test_a_picture_is_shown_and_nothing_in_it_can_run(alice: User, charlie: User) -> None:
    picture = make_attachment(alice, name="a.png", content=PNG, kind="image", mime_type="image/png")
    answer = get_file(alice, f"/files/{picture.id}/")
    assert bytes_of(answer) == PNG
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"].startswith("private, max-age=2592000")
    assert get_file(charlie, f"/files/{picture.id}/").status_code == 404


def test_only_pictures_are_shown(alice: User) -> None:
    """What a file says of itself does not count, and a row that claims too much is sent as a file."""
    svg = make_attachment(alice, name="a.svg", content=b"<svg/>", kind="text")
    assert get_file(alice, f"/files/{svg.id}/").status_code == 404
    odd = make_attachment(alice, name="a.svg", content=b"<svg/>", kind="image", mime_type="image/svg+xml")
    assert get_file(alice, f"/files/{odd.id}/")["Content-Disposition"].startswith("attachment")


def test_a_sent_picture_opens_large_and_other_files_are_fetched(page: Client, alice: User) -> None:
    session = make_session(alice, ["Look"])
    message = session.messages.get()
    picture = make_attachment(alice, name="a.png", kind="image", mime_type="image/png", message=message)
    notes = make_attachment(alice, message=message)
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert f'href="/files/{picture.id}/" data-lightbox' in html
    assert f'href="/api/chat/attachments/{notes.id}"' in html
