"""What a model is given of attached files, by what it can do: text, pictures, documents, or the name alone.

Proves B3, B23.
"""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.extracting.kinds import reader_of
from chat.generation import extracts, given
from chat.generation.attached import files_of
from chat.generation.choice import Candidate
from chat.generation.context import messages_with_files, prompt_for
from chat.models import Attachment, Extract, Message, Session, User
from chat.models.ids import new_id
from chat.providers.contract import ProviderConfig, Turn
from chat.providers.facts import Facts
from tests.chat.extracting import making
from tests.factories import add_message, make_attachment, make_session

SEES = Facts(sees_pictures=True)
READS = Facts(sees_pictures=True, reads_documents=True)
PICTURE = {"kind": "image", "mime_type": "image/png"}
DOCUMENT = {"kind": "document", "mime_type": "application/pdf"}
Plan = given.Plan


def attach(message: Message, name: str, content: bytes, **fields: object) -> Attachment:
    """A file of the message, read already where it needs to be."""
    row = make_attachment(message.session.owner, name=name, content=content, message=message, **fields)
    have_read(row)
    return row


def have_read(row: Attachment) -> Extract | None:
    name, reader = row.file.name or "", reader_of(row.mime_type, row.name)
    extracts.begin({name: reader})
    kept = Extract.objects.filter(pk=name).first()
    if kept is not None and not kept.has_ended:
        values = extracts._kept(kept, extracts.read_file(kept))
        Extract.objects.filter(pk=name).update(**values)
    return kept


def given_to(session: Session, facts: Facts = Facts(), *, window: int | None = None) -> tuple[Turn, ...]:  # noqa: B008
    """The turns as such a model gets them."""
    last = Message.objects.filter(session=session, is_active=True).latest("depth")
    reply = Message(session=session, depth=last.depth + 1, role="assistant")
    candidate = Candidate(ProviderConfig("fake", "openai"), "large", facts)
    files = files_of(messages_with_files(session, reply))
    return prompt_for(session, reply, candidate, window or 1_000_000, files=files).prompt.turns


@pytest.fixture
def question(alice: User) -> Message:
    return add_message(make_session(alice), None, "Look")


def test_the_text_of_attached_files_follows_the_words(question: Message) -> None:
    attach(question, "b.txt", b"Notes", position=0)
    attach(question, "a.txt", "Möwe".encode("utf-16"), position=1)
    [turn] = given_to(question.session)
    assert turn.text == (
        "Look\n\nAttached file “b.txt”:\n\n```\nNotes\n```\n\nAttached file “a.txt”:\n\n```\nMöwe\n```"
    )
    assert turn.media == ()


def test_a_message_of_a_file_alone_is_asked_too(alice: User) -> None:
    message = add_message(make_session(alice), None, "")
    attach(message, "a.txt", b"Notes")
    [turn] = given_to(message.session)
    assert turn.text == "Attached file “a.txt”:\n\n```\nNotes\n```"


def test_a_file_cannot_end_its_own_fence(question: Message) -> None:
    attach(question, "a.md", b"```\ncode\n````\nmore")
    [turn] = given_to(question.session)
    assert turn.text.endswith("`````\n```\ncode\n````\nmore\n`````")


def test_a_model_that_sees_is_given_the_picture_and_another_its_name(question: Message) -> None:
    attach(question, "a.png", making.camera_picture(), **PICTURE)
    [seen] = given_to(question.session, SEES)
    assert seen.text == "Look\n\n[Picture “a.png”]"
    [media] = seen.media
    assert (media.mime_type, media.name, media.is_picture) == ("image/jpeg", "a.png", True)
    assert b"A camera" not in media.data
    [told] = given_to(question.session)
    assert told.media == ()
    assert "a.png” (image/png). Its content is not given. This model does not see pictures.]" in told.text


def test_a_model_that_reads_documents_is_given_the_pdf_and_another_its_text(question: Message) -> None:
    content = making.pdf("The sea rises", "and falls")
    attach(question, "a.pdf", content, **DOCUMENT)
    [read] = given_to(question.session, READS)
    assert [(media.mime_type, media.data) for media in read.media] == [("application/pdf", content)]
    [told] = given_to(question.session, SEES)
    assert told.media == ()
    assert "Attached file “a.pdf” (2 pages):\n\n```\n## Page 1\n\nThe sea rises" in told.text


def test_what_looks_scanned_is_seen_by_who_can_and_said_to_others(question: Message) -> None:
    attach(question, "a.pdf", making.pdf("", ""), **DOCUMENT)
    assert given_to(question.session, READS)[0].media
    assert "There is no text in it; it looks scanned.]" in given_to(question.session)[0].text


def test_what_is_protected_is_given_to_nobody_and_said(question: Message) -> None:
    attach(question, "a.pdf", making.protected_pdf(), **DOCUMENT)
    [turn] = given_to(question.session, READS)
    assert turn.media == ()
    assert "It is protected by a password.]" in turn.text


def test_a_document_of_many_pages_goes_as_text(question: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "MAX_PAGES", 1)
    attach(question, "a.pdf", making.pdf("One", "Two"), **DOCUMENT)
    assert given_to(question.session, READS)[0].media == ()


def test_of_many_pictures_the_newest_go(question: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "MAX_PICTURES", 1)
    attach(question, "old.png", making.picture(), **PICTURE)
    reply = add_message(question.session, question, "A square")
    attach(add_message(question.session, reply, "And this"), "new.png", making.picture(), **PICTURE)
    first, _, last = given_to(question.session, SEES)
    assert (len(first.media), len(last.media)) == (0, 1)
    assert "It is not sent again" in first.text


def test_all_that_goes_has_an_end_in_bytes(question: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "MAX_MEDIA_BYTES", 10)
    attach(question, "a.png", making.picture(), **PICTURE)
    attach(question, "a.pdf", making.pdf("One"), **DOCUMENT)
    [turn] = given_to(question.session, READS)
    assert turn.media == ()
    assert "## Page 1" in turn.text


def test_what_is_read_of_files_has_an_end(question: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are read first."""
    monkeypatch.setattr(given, "MAX_CHARS", 10)
    monkeypatch.setattr("chat.generation.context.making.FILES_SHARE", 290_000)
    attach(question, "old.txt", b"old text")
    answer = add_message(question.session, question, "Good")
    attach(add_message(question.session, answer, "New"), "new.txt", b"new text that is long")
    first, _, last = given_to(question.session, window=1_000_000)
    assert "not given. There is no room for it.]" in first.text
    assert "new text t\n```" in last.text
    assert last.text.endswith("It is cut here, after 10 of 21 characters.")


def test_a_document_is_cut_to_what_a_small_window_holds(question: Message) -> None:
    attach(question, "a.pdf", making.pdf(*["All work and no play " * 5] * 400), **DOCUMENT)
    [turn] = given_to(question.session, window=4096)
    assert 3_000 < len(turn.text) < 6_000
    assert "It is cut here, after" in turn.text


def test_a_small_page_goes_as_it_is_written_and_a_large_one_as_its_words(question: Message) -> None:
    code = {"kind": "code", "mime_type": "text/plain"}
    attach(question, "small.html", b"<p>Small <b>page</b>", position=0, **code)
    attach(question, "large.html", b"<p>Large <b>page</b>" + b"<i></i>" * 5_000, position=1, **code)
    [turn] = given_to(question.session)
    assert "<p>Small <b>page</b>" in turn.text
    assert "```\nLarge page\n```" in turn.text


def test_a_file_whose_bytes_are_gone_stops_nothing(question: Message) -> None:
    for name, content, fields in (
        ("a.txt", b"x", {}),
        ("a.png", making.picture(), PICTURE),
        ("a.pdf", making.pdf("One"), DOCUMENT),
    ):
        row = attach(question, name, content, **fields)
        Extract.objects.filter(pk=row.file.name, reader="picture").update(picture="prepared/gone")
        row.file.storage.delete(row.file.name or "")
    [turn] = given_to(question.session, READS)
    assert turn.text.count("It is not there any more.]") == 3
    assert turn.media == ()


def test_what_is_not_read_yet_is_said(question: Message) -> None:
    row = make_attachment(
        question.session.owner, name="a.pdf", message=question, kind="document", mime_type="application/pdf"
    )
    extracts.begin({row.file.name or "": "pdf"})
    assert "It could not be read in time.]" in given_to(question.session)[0].text


def test_a_copy_shares_what_was_read(question: Message) -> None:
    row = attach(question, "a.pdf", making.pdf("The sea"), **DOCUMENT)
    other = add_message(make_session(question.session.owner), None, "Elsewhere")
    row.pk, row.message = new_id(), other
    row.save(force_insert=True)
    have_read(row)
    assert Extract.objects.count() == 1
    assert "The sea" in given_to(other.session)[0].text


def test_files_cost_the_same_queries_however_many(question: Message) -> None:
    for number in range(5):
        attach(question, f"{number}.png", making.picture(), **PICTURE)
    with CaptureQueriesContext(connection) as queries:
        given.plan(files_of([question.pk]), [question.pk], SEES)
    assert len(queries) == 2


def test_nothing_is_read_of_what_does_not_go(question: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is planned with the rows alone, and what the window drops is not fetched."""
    attach(question, "a.txt", b"x" * 5000)
    opened: list[str] = []

    def opening(self: FileSystemStorage, name: str, mode: str = "rb") -> ContentFile[bytes]:
        opened.append(name)
        return ContentFile(b"x")

    monkeypatch.setattr(FileSystemStorage, "open", opening)
    answer = add_message(question.session, question, "y" * 5000)
    add_message(question.session, answer, "z" * 2000)
    assert len(given_to(question.session, window=1024)) == 1
    assert opened == []


def test_how_much_it_takes_is_told_before_it_is_read(question: Message) -> None:
    attach(question, "a.png", making.picture(size=(750, 100)), position=0, **PICTURE)
    attach(question, "a.pdf", making.pdf("One", "Two"), position=1, **DOCUMENT)
    plan = given.plan(files_of([question.pk]), [question.pk], READS)
    picture, document = plan.given[question.pk]
    assert (picture.tokens, document.tokens) == (101, 2 * given.TOKENS_PER_PAGE)
    assert plan.tokens_of(question.pk) == picture.tokens + document.tokens
