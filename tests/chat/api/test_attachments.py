"""Attachments over the API: what is in a file decides, not what its sender says.

Proves B3.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from pytest_django import Settings

from chat.models import Attachment, User
from chat.services.attachments import clean_name
from tests.chat.api.client import Answer, Api
from tests.chat.extracting import making
from tests.factories import make_attachment, make_session, messages_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
OFFICE = "application/vnd.openxmlformats-officedocument"


def upload(
    api: Api,
    content: bytes,
    name: str = "file",
    *,
    mime_type: str = "text/plain",
    field: str = "file",
    path: str = "/chat/attachments",
) -> Answer:
    edge = "edge"
    body = (
        (
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            f"Content-Type: {mime_type}\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{edge}--\r\n".encode()
    )
    return api.send("POST", path, body, f"multipart/form-data; boundary={edge}")


def office(folder: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<x/>")
    return file.getvalue()


def test_what_was_sent_comes_back_as_a_download(api: Api) -> None:
    sent = upload(api, b"Notes \xe2\x80\xa6", "notes.txt")
    assert sent.status == 201
    assert sent.json == {
        "id": sent.json["id"],
        "kind": "text",
        "name": "notes.txt",
        "size": 9,
        "mime_type": "text/plain",
    }
    got = api.get(f"/chat/attachments/{sent.json['id']}")
    assert got.body == b"Notes \xe2\x80\xa6"
    assert got.headers["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].startswith("sandbox")
    assert got.headers["Content-Length"] == "9"


OPEN = "application/vnd.oasis.opendocument"


def compound(stream: str) -> bytes:
    """What Office wrote before 2007, or encrypts, as far as one looks."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 500


@pytest.mark.parametrize(
    ("content", "name", "kind", "mime_type"),
    [
        (PNG, "a.txt", "image", "image/png"),
        (b"\xff\xd8\xff\xe0jpeg", "a", "image", "image/jpeg"),
        (b"GIF89a....", "a.exe", "image", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a", "image", "image/webp"),
        (b"%PDF-1.7 \x00", "a.png", "document", "application/pdf"),
        (office("word"), "a.docx", "document", f"{OFFICE}.wordprocessingml.document"),
        (office("xl"), "a.zip", "document", f"{OFFICE}.spreadsheetml.sheet"),
        (office("ppt"), "a.pptx", "document", f"{OFFICE}.presentationml.presentation"),
        (making.workbook(), "a.bin", "document", f"{OFFICE}.spreadsheetml.sheet"),
        (compound("Workbook"), "a.xls", "document", "application/vnd.ms-excel"),
        (making.open_text(""), "a.odt", "document", f"{OPEN}.text"),
        (making.open_text("", kind="presentation"), "a.odp", "document", f"{OPEN}.presentation"),
        (making.book(), "a.epub", "document", "application/epub+zip"),
        (rb"{\rtf1 Words}", "a.txt", "document", "application/rtf"),
        (making.mail(), "a.eml", "document", "message/rfc822"),
        (making.picture("TIFF"), "a", "image", "image/tiff"),
        (making.picture("BMP"), "a", "image", "image/bmp"),
        (making.picture("AVIF"), "a", "image", "image/avif"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40, "a", "image", "image/heic"),
        (b"BM is no picture", "a.txt", "text", "text/plain"),
        (b"# Title", "a.md", "text", "text/markdown"),
        (b"a,b", "a.csv", "text", "text/csv"),
        (b"{}", "a.json", "code", "application/json"),
        (b"print(1)", "a.py", "code", "text/plain"),
        (b"<svg xmlns='x'/>", "a.svg", "text", "text/plain"),
        (b"<script>alert(1)</script>", "a.html", "code", "text/plain"),
        (b"alert(1)", "a.js", "code", "text/plain"),
        ("Grüße".encode("utf-16"), "a.log", "text", "text/plain"),
    ],
)
def test_the_kind_is_told_by_content(api: Api, content: bytes, name: str, kind: str, mime_type: str) -> None:
    sent = upload(api, content, name, mime_type="text/html").json
    assert (sent["kind"], sent["mime_type"]) == (kind, mime_type)


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00\x03", b"\x7fELF\x02", b"PK\x03\x04broken", b"text with \x00", b"caf\xe9", b"\xff\xfea"],
)
def test_what_cannot_be_read_is_not_taken(api: Api, content: bytes) -> None:
    refused = upload(api, content, "a.txt")
    assert (refused.status, list(refused.json["errors"])) == (415, ["file"])
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("stream", "said"),
    [("EncryptedPackage", "protected by a password"), ("WordDocument", "from before 2007. Save it as .docx")],
)
def test_a_document_that_cannot_be_read_says_what_to_do(api: Api, stream: str, said: str) -> None:
    refused = upload(api, compound(stream), "a.doc")
    assert refused.status == 415
    assert said in refused.json["detail"]


def test_a_plain_archive_is_not_taken(api: Api) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert upload(api, file.getvalue(), "a.docx").status == 415


def test_a_large_file_is_not_taken(api: Api, settings: Settings) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1000
    assert upload(api, b"x" * 1000).status == 201
    assert upload(api, b"x" * 1001).status == 413
    assert upload(api, b"x" * 200_000).status == 413


@pytest.mark.parametrize("field", ["document", "File"])
def test_it_wants_the_field_file(api: Api, field: str) -> None:
    assert upload(api, b"x", field=field).status == 422


def test_an_empty_or_missing_file_is_refused(api: Api) -> None:
    assert upload(api, b"").status == 422
    assert (
        api.send("POST", "/chat/attachments", b"--e--\r\n", "multipart/form-data; boundary=e").status == 422
    )
    assert api.send("POST", "/chat/attachments", b"x", "multipart/form-data").status == 400
    assert api.post("/chat/attachments", {"file": "x"}).status == 415


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\notes.txt", "notes.txt"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("...", "file"),
        ("", "file"),
        ("Übersicht 2026.pdf", "Übersicht 2026.pdf"),
    ],
)
def test_names_are_cleaned(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_a_long_name_keeps_its_suffix() -> None:
    name = clean_name("x" * 400 + ".txt")
    assert len(name) == 255
    assert name.endswith(".txt")


def test_a_stranger_gets_no_file(stranger: Api, alice: User) -> None:
    own = make_attachment(alice)
    said = messages_of(make_session(alice, ["See"]))[0]
    sent = make_attachment(alice)
    sent.message = said
    sent.save(update_fields=["message"])
    assert stranger.get(f"/chat/attachments/{own.id}").status == 404
    assert stranger.get(f"/chat/attachments/{sent.id}").status == 404


def test_a_file_that_is_lost_is_absent(api: Api, alice: User) -> None:
    attachment = make_attachment(alice)
    Path(attachment.file.path).unlink()
    assert api.get(f"/chat/attachments/{attachment.id}").status == 404


def test_a_large_file_comes_in_pieces_and_whole(api: Api, alice: User) -> None:
    content = bytes(range(256)) * 4096
    attachment = make_attachment(alice, content=content)
    assert api.get(f"/chat/attachments/{attachment.id}").body == content
