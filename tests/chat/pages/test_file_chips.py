"""What a chip says of a file before it is sent: how much there is, what is wrong, what the model cannot take.

Proves B3.
"""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.generation import extracts
from chat.models import Attachment, ConfiguredProvider, Extract, User
from chat.models.ids import new_id
from chat.providers.facts import Facts
from chat.providers.scripted import ScriptedProvider
from tests.chat.engine.test_reading_files import read_now
from tests.chat.extracting import making
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_attachment, make_session, messages_of

MODEL = "scripted::default"
BLIND = "default does not see pictures: it is told the name alone."


def upload(page: Client, name: str, content: bytes, model: str = MODEL) -> str:
    answer = page.post("/files/", {"file": SimpleUploadedFile(name, content), "model": model})
    assert answer.status_code == 201
    return text_of(answer)


def state(page: Client, model: str = MODEL) -> str:
    return text_of(page.get(f"/files/{Attachment.objects.get().pk}/state/", {"model": model}))


def test_a_chip_says_that_its_file_is_being_read_and_then_how_much_there_is(page: Client) -> None:
    chip = upload(page, "a.pdf", making.pdf("One", "Two"))
    assert "Reading…" in chip
    assert "load delay" in chip
    read_now()
    said = state(page)
    assert "2 pages" in said
    assert "load delay" not in said
    assert f"/files/{Attachment.objects.get().pk}/text/" in said


def test_a_chip_says_what_is_wrong_with_its_file(page: Client) -> None:
    upload(page, "a.pdf", making.protected_pdf())
    read_now()
    assert "It is protected by a password. Models are told its name alone." in state(page)


def test_a_model_that_does_not_see_says_so_at_once_and_another_does_not(
    page: Client, scripts: type[ScriptedProvider]
) -> None:
    scripts.can("eyes", Facts(sees_pictures=True))
    assert BLIND in upload(page, "a.png", making.picture())
    assert BLIND in state(page)
    assert "chip__trouble" not in state(page, "scripted::eyes")
    assert "chip__trouble" not in state(page, "gone::model")


def test_a_model_of_which_no_database_has_heard_is_looked_for_all_the_same(page: Client) -> None:
    """PostgreSQL fails at a NUL."""
    upload(page, "a.png", making.picture())
    assert BLIND in state(page, "scripted\0::default\0")


def test_a_chip_knows_what_its_file_takes_of_the_chosen_model(
    page: Client, scripts: type[ScriptedProvider]
) -> None:
    """The estimate beside the box adds it up."""
    scripts.can("eyes", Facts(sees_pictures=True))
    assert "data-tokens" not in upload(page, "a.png", making.picture(size=(750, 100)), "scripted::eyes")
    read_now()
    assert 'data-tokens="101"' in state(page, "scripted::eyes")
    assert 'data-tokens="40"' in state(page)


def test_what_looks_scanned_is_no_trouble_for_who_reads_documents(
    page: Client, scripts: type[ScriptedProvider]
) -> None:
    scripts.can("reader", Facts(reads_documents=True))
    upload(page, "a.pdf", making.pdf(""))
    read_now()
    assert "it looks scanned" in state(page)
    assert "chip__trouble" not in state(page, "scripted::reader")


def test_the_chips_of_a_draft_say_it_too(page: Client, alice: User) -> None:
    upload(page, "a.png", making.picture())
    file = Attachment.objects.get()
    draft = {"content": "Look", "attachment_ids": [str(file.pk)], "message_id": str(new_id())}
    page.post("/draft/", draft)
    assert BLIND in text_of(page.get("/"))


def test_the_chips_of_a_page_cost_the_same_however_many(page: Client, alice: User) -> None:
    def queries(count: int) -> int:
        files = [make_attachment(alice, name="a.pdf", mime_type="application/pdf") for _ in range(count)]
        extracts.begin({file.file.name or "": "pdf" for file in files})
        keys = [str(file.pk) for file in files]
        page.post("/draft/", {"content": "Look", "attachment_ids": keys, "message_id": str(new_id())})
        with CaptureQueriesContext(connection) as found:
            page.get("/")
        return len(found)

    queries(1)
    assert queries(2) == queries(6)


def test_anothers_file_says_nothing(page: Client, bob: User) -> None:
    file = make_attachment(bob)
    assert page.get(f"/files/{file.pk}/state/").status_code == 404
    assert page.get(f"/files/{file.pk}/text/").status_code == 404


@pytest.fixture
def read(alice: User) -> Attachment:
    """A file in a conversation of Alice's, of which a long text was read."""
    message = messages_of(make_session(alice, ["Look"]))[0]
    fields = {"mime_type": "application/pdf", "kind": "document", "message": message}
    file = make_attachment(alice, name="a.pdf", content=b"%PDF-", **fields)
    text = "<b>first</b>" + "x" * 19_988 + "second"
    Extract.objects.create(
        file=file.file.name or "",
        reader="pdf",
        state="complete",
        text=text,
        chars=len(text),
        count=3,
        unit="page",
    )
    return file


def test_what_was_read_can_be_looked_at_a_piece_at_a_time(page: Client, htmx: Ask, read: Attachment) -> None:
    url = f"/files/{read.pk}/text/"
    first = text_of(page.get(url))
    assert "&lt;b&gt;first&lt;/b&gt;" in first
    assert "second" not in first
    assert "3 pages" in first
    assert f"{url}?from=20000" in first
    piece = text_of(page.get(f"{url}?from=20000", headers={"HX-Request": "true"}))
    assert piece.strip() == "second"
    assert page.get(f"{url}?from=no").status_code == 200


def test_of_a_file_that_nobody_reads_there_is_nothing_to_look_at(page: Client, alice: User) -> None:
    assert page.get(f"/files/{make_attachment(alice).pk}/text/").status_code == 404


def test_a_problem_stands_where_the_text_would(page: Client, read: Attachment) -> None:
    Extract.objects.update(state="error", problem="scanned", text="", chars=0)
    assert "it looks scanned" in text_of(page.get(f"/files/{read.pk}/text/"))
    Extract.objects.update(state="running", problem="")
    assert "still being read" in text_of(page.get(f"/files/{read.pk}/text/"))


def test_a_document_that_was_sent_leads_to_what_was_read(page: Client, read: Attachment) -> None:
    assert read.message is not None
    shown = text_of(page.get(f"/chat/{read.message.session_id}/"))
    assert f'hx-get="/files/{read.pk}/text/"' in shown


def test_a_model_of_ones_own_is_known_too(page: Client, alice: User) -> None:
    """Nobody else has that provider."""
    values = {
        "kind": "openai",
        "base_url": "https://api.openai.com/v1",
        "model_names": ["gpt-4.1", "gpt-3.5-turbo"],
    }
    ConfiguredProvider.objects.create(name="mine", owner=alice, **values)
    upload(page, "a.png", making.picture(), "mine::gpt-4.1")
    assert "chip__trouble" not in state(page, "mine::gpt-4.1")
    assert "does not see pictures" in state(page, "mine::gpt-3.5-turbo")
