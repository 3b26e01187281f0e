"""Files are read beside everything else: once, in a process apart, whatever dies, and a reply waits for them.

Proves B3.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chat.extracting.contract import Extracted
from chat.generation import awaited, extracts, jobs
from chat.generation.engine import Engine
from chat.models import Attachment, Extract, Generation, Message, Session, User, WorkerProcess
from chat.models.extracts import prepared_path
from chat.providers.facts import Facts
from chat.providers.scripted import ScriptedProvider
from chat.services.attachments import add_attachment, drop_attachment
from chat.services.branching import branch_session
from chat.services.sending import Sent
from chat.services.temporary import end_session
from chat.services.trash import purge_messages
from chat.threads import read, write
from tests.chat.engine.driving import PATIENCE, ask, ended
from tests.chat.extracting import making
from tests.factories import make_attachment, make_session, messages_of


def upload(owner: User, name: str = "a.pdf", content: bytes | None = None) -> Attachment:
    file = SimpleUploadedFile(name, making.pdf("The sea rises") if content is None else content)
    return add_attachment(owner=owner, file=file)


def the_extract() -> Extract:
    return Extract.objects.get()


async def comes_true(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await read(condition):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def once_read(row: Attachment) -> Extract:
    """What is kept of the file, when it is."""
    await comes_true(lambda: extracts.are_ready([row.file.name or ""]))
    return await read(Extract.objects.get, pk=row.file.name)


async def test_a_file_is_read_as_soon_as_it_is_attached(alice: User, live_engine: Engine) -> None:
    kept = await once_read(await write(upload, alice))
    assert (kept.state, kept.unit, kept.count, kept.chars) == ("complete", "page", 1, len(kept.text))
    assert "The sea rises" in kept.text
    picture = await once_read(await write(upload, alice, "a.png", making.camera_picture()))
    assert (picture.picture_type, picture.width, picture.height) == ("image/jpeg", 1045, 1568)
    assert default_storage.size(picture.picture.name or "") == picture.picture_bytes


async def test_the_model_gets_what_is_in_the_file(
    alice: User, session: Session, scripts: type[ScriptedProvider]
) -> None:
    scripts.can("default", Facts(sees_pictures=True))
    files = [await write(upload, alice), await write(upload, alice, "a.png", making.picture())]
    reply = await ended(await ask(session, attachment_ids=[file.pk for file in files]))
    [prompt] = scripts.prompts
    assert "The sea rises" in prompt.turns[-1].text
    assert [media.name for media in prompt.turns[-1].media] == ["a.png"]
    assert reply["context"]["files"] == [
        {"name": "a.pdf", "given": "text", "why": None},
        {"name": "a.png", "given": "picture", "why": None},
    ]


async def test_what_a_model_cannot_take_is_told_with_its_reply(alice: User, session: Session) -> None:
    file = await write(upload, alice, "a.png", making.picture())
    reply = await ended(await ask(session, attachment_ids=[file.pk]))
    [given] = reply["context"]["files"]
    assert (given["given"], given["why"]) == ("name", "This model does not see pictures.")


class Slow:
    """Files take until the test has had enough."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.is_enough = threading.Event()

    def read(self, row: Extract) -> Extracted:
        self.begun.append(row.file)
        self.is_enough.wait(15)
        return Extracted(b"Read at last")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    found = Slow()
    monkeypatch.setattr(extracts, "read_file", found.read)
    monkeypatch.setattr(awaited, "QUIET_SECONDS", 0.0)
    yield found
    found.is_enough.set()


async def has_note(sent: Sent, note: str) -> None:
    await comes_true(Generation.objects.filter(message=sent.assistant_message, note=note).exists)


async def test_a_reply_waits_for_a_file_and_says_so(
    alice: User, session: Session, slow: Slow, scripts: type[ScriptedProvider]
) -> None:
    file = await write(upload, alice)
    sent = await ask(session, attachment_ids=[file.pk])
    await has_note(sent, "Reading the attached files…")
    assert scripts.prompts == []
    slow.is_enough.set()
    await ended(sent)
    assert "Read at last" in scripts.prompts[0].turns[-1].text


async def test_it_does_not_wait_for_ever(
    alice: User,
    session: Session,
    slow: Slow,
    scripts: type[ScriptedProvider],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(awaited, "PATIENCE_SECONDS", 0.2)
    file = await write(upload, alice)
    await ended(await ask(session, attachment_ids=[file.pk]))
    assert "It could not be read in time.]" in scripts.prompts[0].turns[-1].text


async def test_a_reply_that_waits_for_a_file_can_be_stopped(
    alice: User, session: Session, slow: Slow, scripts: type[ScriptedProvider]
) -> None:
    file = await write(upload, alice)
    sent = await ask(session, attachment_ids=[file.pk])
    await has_note(sent, "Reading the attached files…")
    await write(jobs.request_stop, session=session, message_id=sent.assistant_message.pk)
    assert (await ended(sent))["status"] == "stopped"
    assert scripts.prompts == []


async def test_a_file_that_came_by_an_import_is_read_when_it_is_needed(
    alice: User, session: Session, scripts: type[ScriptedProvider]
) -> None:
    """Nothing had it read before."""
    content = making.pdf("The sea rises")
    fields = {"kind": "document", "mime_type": "application/pdf"}
    file = await write(make_attachment, alice, name="a.pdf", content=content, **fields)
    await ended(await ask(session, attachment_ids=[file.pk]))
    assert "The sea rises" in scripts.prompts[0].turns[-1].text


async def test_a_file_that_a_server_was_reading_as_it_ended_is_begun_again(
    alice: User, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await write(upload, alice)
    first = Engine()
    slow = Slow()
    with monkeypatch.context() as patched:
        patched.setattr(extracts, "read_file", slow.read)
        await first.start()
        await comes_true(lambda: bool(slow.begun))
        await first.stop()
        slow.is_enough.set()
    kept = await read(the_extract)
    assert (kept.state, kept.attempts) == ("pending", 0)
    second = Engine()
    await second.start()
    assert "The sea rises" in (await once_read(file)).text
    await second.stop()


def a_process() -> WorkerProcess:
    return WorkerProcess.objects.create(host="elsewhere", pid=1, beat_at=timezone.now())


def claimed(worker: WorkerProcess) -> list[Extract]:
    return extracts.claim(worker_id=worker.pk, room=5, busy_with=[])


def test_of_two_processes_one_gets_a_file(alice: User) -> None:
    upload(alice)
    one, other = a_process(), a_process()
    assert len(claimed(one)) == 1
    assert claimed(other) == []


def test_a_file_that_a_dead_process_had_is_taken_over_and_the_dead_keeps_nothing(alice: User) -> None:
    upload(alice)
    dead, other = a_process(), a_process()
    [row] = claimed(dead)
    dead_id = dead.pk
    dead.delete()
    [again] = claimed(other)
    assert again.pk == row.pk
    assert not extracts.end(row, Extracted(b"Late"), worker_id=dead_id)
    assert extracts.end(row, Extracted(b"Here"), worker_id=other.pk)
    assert the_extract().text == "Here"


def test_a_file_that_takes_one_process_after_the_other_down_is_left_alone(alice: User) -> None:
    upload(alice)
    for _ in range(extracts.MAX_ATTEMPTS):
        worker = a_process()
        assert len(claimed(worker)) == 1
        worker.delete()
    assert claimed(a_process()) == []
    assert (the_extract().state, the_extract().problem) == ("error", "failed")


def test_a_picture_of_a_file_that_went_meanwhile_is_not_kept(alice: User) -> None:
    file = upload(alice, "a.png", making.picture())
    worker = a_process()
    [row] = claimed(worker)
    assert drop_attachment(attachment=file)
    assert not Extract.objects.exists()
    assert not extracts.end(row, Extracted(b"x", mime_type="image/png"), worker_id=worker.pk)
    assert not default_storage.exists(prepared_path(row))


def read_now() -> None:
    """All that waits."""
    worker = a_process()
    for row in claimed(worker):
        assert extracts.end(row, extracts.read_file(row), worker_id=worker.pk)


def test_what_was_read_goes_with_the_last_that_names_the_file(alice: User) -> None:
    session = make_session(alice, ["Look", "Yes"])
    asked, answered = messages_of(session)
    file = upload(alice, "a.png", making.picture())
    Attachment.objects.filter(pk=file.pk).update(message=asked)
    read_now()
    kept = the_extract()
    branch = branch_session(session=session, owner=alice, message=answered)
    Message.objects.filter(session=session).update(deleted_at=timezone.now())
    purge_messages(messages=Message.objects.filter(session=session))
    assert default_storage.exists(kept.picture.name or "")
    Message.objects.filter(session=branch).update(deleted_at=timezone.now())
    purge_messages(messages=Message.objects.filter(session=branch))
    assert not Extract.objects.exists()
    assert not default_storage.exists(kept.picture.name or "")


def test_of_a_temporary_conversation_nothing_that_was_read_is_left(alice: User) -> None:
    session = make_session(alice, ["Look", "Yes"], is_temporary=True)
    file = upload(alice, "a.png", making.picture())
    Attachment.objects.filter(pk=file.pk).update(message=messages_of(session)[0])
    read_now()
    prepared = the_extract().picture.name or ""
    end_session(session=session)
    assert not Extract.objects.exists()
    assert not default_storage.exists(prepared)
