"""Temporary conversations: found nowhere, and gone to the last byte when they end.

Proves F9.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from chat.composer import submit
from chat.errors import BadValue
from chat.generation.engine import Engine
from chat.models import Annotation, Attachment, Draft, Message, Report, SearchEntry, Session, User
from chat.models.ids import new_id
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.services import messages, sessions, temporary
from chat.services.attachments import add_attachment
from chat.services.beginnings import begin_session
from chat.services.branching import branch_session
from chat.services.content import draft_of
from chat.services.reading import mark_seen
from chat.services.sending import regenerate_reply
from chat.services.templates import save_template
from chat.threads import read, write
from tests.chat.api.client import Api
from tests.chat.engine.driving import ended, until
from tests.factories import make_session, make_user, messages_of

SECRETS = ("zanzibar", "quokka", "heliotrope", "marmalade", "obsidian")


@pytest.fixture
def page(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def make_temporary(owner: User, **fields: Any) -> Session:
    return make_session(owner, ["Hello", "Hi"], is_temporary=True, **fields)


def age(session: Session, **fields: timedelta) -> None:
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(**{name: now - ago for name, ago in fields.items()})


def database_text() -> str:
    """Every value of every table."""
    found = []
    with connection.cursor() as cursor:
        # The index itself cannot be read; what it is made of are tables, too.
        for table in {*connection.introspection.table_names(cursor)} - {"chat_search"}:
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def database_bytes() -> bytes:
    """The database's file with its log, as they lie on the disk; nothing where it is another server's."""
    if connection.vendor != "sqlite":
        return b""
    name = Path(str(connection.settings_dict["NAME"]))
    return b"".join(path.read_bytes() for path in sorted(name.parent.glob(f"{name.name}*")))


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def traces(folder: Path) -> list[str]:
    """The secrets that can still be read anywhere."""
    everything = database_text().encode() + database_bytes()
    everything += b"".join(path.read_bytes() for path in files_in(folder))
    return [word for word in SECRETS if word.encode() in everything]


def save_unsent(owner: User, session: Session, waiting: Attachment) -> None:
    Draft.objects.create(
        owner=owner,
        session=session,
        text="obsidian, one day",
        attachment_ids=[str(waiting.pk)],
        message_id=new_id(),
        edited_at=timezone.now(),
    )


async def test_no_word_of_it_remains_when_it_ends(
    alice: User, live_engine: Engine, scripts: type[ScriptedProvider], tmp_path: Path
) -> None:
    """Said, answered in pieces, edited, answered again, attached: rows, free pages, log and storage."""
    scripts.script(
        "secret", [*(Text(f"piece {number} quokka ") for number in range(400)), Finish("stop", None)]
    )
    upload = SimpleUploadedFile("obsidian.txt", b"heliotrope " * 1000)
    attachment = await write(add_attachment, owner=alice, file=upload)
    draft = draft_of("Tell me of zanzibar " * 200)
    sent = await write(
        lambda: submit(
            author=alice,
            draft=draft,
            provider="scripted",
            model="secret",
            attachment_ids=[attachment.pk],
            is_temporary=True,
        )
    )
    session = await read(Session.objects.get, pk=sent.user_message.session_id)
    await ended(sent)
    edit = draft_of("marmalade " * 500, id=sent.user_message.pk)
    await write(messages.edit_message, message=sent.user_message, editor=alice, draft=edit)
    again = await write(regenerate_reply, message=sent.assistant_message, author=alice)
    await until(again.pk, lambda found: found["status"] == "complete")
    unsent = SimpleUploadedFile("unsent.txt", b"heliotrope")
    waiting = await write(add_attachment, owner=alice, file=unsent)
    await write(save_unsent, alice, session, waiting)
    assert set(await read(traces, tmp_path)) == set(SECRETS)
    assert await write(temporary.end_session, session=session)
    assert await read(traces, tmp_path) == []
    assert files_in(tmp_path / "uploads") == []


def ids_of(session: Session) -> set[UUID]:
    """Its own and those of all that hangs on it."""
    said = Message.objects.filter(session=session)
    beside = (
        Attachment.objects.filter(message__in=said),
        Annotation.objects.filter(message__in=said),
        Report.objects.filter(message__in=said),
    )
    return {session.pk, *said.values_list("pk", flat=True)} | {row.pk for rows in beside for row in rows}


def named(ids: set[UUID]) -> list[UUID]:
    """Those that some row, some byte of the database or somebody's browser session still names."""
    browsers = " ".join(str(one.get_decoded()) for one in BrowserSession.objects.all())
    words, stored = database_text() + browsers, database_bytes()
    return [key for key in ids if str(key) in words or key.hex in words or key.hex.encode() in stored]


def furnish(page: Client, owner: User) -> Session:
    """One that a template began, with all that a person can put into it besides messages."""
    template = save_template(owner=owner, values={"name": "Letter"})
    said = [(role, draft_of(f"A {role} of zanzibar")) for role in ("user", "assistant")]
    session = begin_session(template=template, owner=owner, values={}, messages=said, is_temporary=True)
    question, reply = messages_of(session)
    page.post(f"/chat/{session.pk}/rename/", {"name": "quokka"})
    page.post(f"/chat/{session.pk}/tags/", {"new": "heliotrope"})
    page.post(f"/messages/{reply.pk}/annotate/", {"body": "marmalade"})
    page.post(f"/messages/{reply.pk}/react/", {"emoji": "👍"})
    page.post(f"/messages/{reply.pk}/report/", {"reason": "other", "detail": "obsidian"})
    upload = add_attachment(owner=owner, file=SimpleUploadedFile("heliotrope.txt", b"marmalade"))
    Attachment.objects.filter(pk=upload.pk).update(message=question)
    mark_seen(session=session, user=owner, number=1)
    page.get(f"/chat/{session.pk}/")
    return session


@pytest.mark.parametrize("how", ["by its button", "by the sweeper"])
def test_nothing_that_hangs_on_it_remains_nor_any_id(
    page: Client, alice: User, tmp_path: Path, how: str
) -> None:
    session = furnish(page, alice)
    ids = ids_of(session)
    assert (len(ids), set(traces(tmp_path))) == (6, set(SECRETS))
    assert set(named(ids)) == ids
    if how == "by its button":
        page.post(f"/chat/{session.pk}/end/")
    else:
        age(session, leaves_at=timedelta(0))
        temporary.sweep()
        page.get("/")
    assert (named(ids), traces(tmp_path), files_in(tmp_path / "uploads")) == ([], [], [])


async def test_one_that_is_ended_under_a_reply_goes_when_that_has_stopped(
    alice: User, live_engine: Engine, scripts: type[ScriptedProvider], tmp_path: Path
) -> None:
    scripts.script("slow", [Text("quokka "), 30.0, Finish("stop", None)])
    sent = await write(
        lambda: submit(
            author=alice, draft=draft_of("Go on"), provider="scripted", model="slow", is_temporary=True
        )
    )
    session = await read(Session.objects.get, pk=sent.user_message.session_id)
    assert not await write(temporary.end_session, session=session)
    await ended(sent)
    await write(age, session, deleted_at=temporary.UNDO)
    assert await write(temporary.sweep) == 1
    assert not await read(Session.objects.filter(pk=session.pk).exists)
    assert await read(traces, tmp_path) == []


def test_it_is_in_no_list(page: Client, alice: User) -> None:
    session = make_temporary(alice, name="Heliotrope")
    assert "Heliotrope" not in page.get("/").content.decode()
    shown = page.get(f"/chat/{session.id}/").content.decode()
    assert f'data-temporary="{session.id}"' in shown
    assert f'id="s-{session.id}"' not in shown
    api = Api(alice)
    assert api.get("/chat/sessions").json["items"] == []
    assert api.get("/chat/sessions", q="Helio").json["items"] == []
    assert api.get(f"/chat/sessions/{session.id}").status == 200


def test_the_switch_of_the_start_page_makes_one(page: Client, alice: User) -> None:
    page.post("/send/", {"content": "Hello", "temporary": "true"})
    assert Session.objects.get().is_temporary
    assert "checked" not in page.get("/").content.decode().split('name="temporary"')[1][:60]
    assert "checked" in page.get("/?temporary=1").content.decode().split('name="temporary"')[1][:60]
    refused = page.post("/send/", {"content": "", "temporary": "true"}).content.decode()
    assert "checked" in refused.split('name="temporary"')[1][:60]


def test_the_command_leads_there_or_begins_one(page: Client, alice: User) -> None:
    assert page.post("/send/", {"content": "/temporary"})["Location"] == "/?temporary=1"
    page.post("/send/", {"content": "/temporary Hello"})
    session = Session.objects.get()
    assert session.is_temporary
    assert messages_of(session)[0].content == "Hello"


def test_it_ends_by_its_button(page: Client, alice: User) -> None:
    session = make_temporary(alice)
    assert page.post(f"/chat/{session.id}/end/")["Location"] == "/"
    assert page.get(f"/chat/{session.id}/").status_code == 404
    assert not Message.objects.exists()


def test_an_ordinary_one_cannot_be_ended_so(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello"])
    assert page.post(f"/chat/{session.id}/end/").status_code == 422
    page.post(f"/chat/{session.id}/leave/")
    temporary.sweep()
    assert Session.objects.get().leaves_at is None


def test_it_can_be_kept(page: Client, alice: User) -> None:
    session = make_temporary(alice, name="Heliotrope")
    page.post(f"/chat/{session.id}/leave/")
    page.post(f"/chat/{session.id}/keep/")
    assert "Heliotrope" in page.get("/").content.decode()
    page.post("/logout/")
    Session.objects.update(updated_at=timezone.now() - timedelta(days=1))
    assert temporary.sweep() == 0
    assert len(messages_of(session)) == 2


def test_a_long_one_is_kept_in_short_transactions_and_found(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_temporary(alice)
    last = messages_of(session)[-1]
    texts = [f"heliotrope {number}" for number in range(450)]
    said = [
        Message(session=session, role="user", depth=depth, content=text)
        for depth, text in enumerate(texts, last.depth + 1)
    ]
    Message.objects.bulk_create(said)
    monkeypatch.setattr(temporary, "AT_ONCE", 400)
    between: list[int] = []
    monkeypatch.setattr(
        temporary, "let_others_write", lambda _seconds: between.append(SearchEntry.objects.count())
    )
    temporary.keep_session(session=session)
    assert [count // 200 for count in between] == [1, 2, 2]
    assert {row.message_id for row in SearchEntry.objects.exclude(message=None)} >= {one.pk for one in said}
    assert SearchEntry.objects.filter(kind=SearchEntry.Kind.TITLE).count() == 1


def test_a_page_that_was_left_has_a_while_to_come_back(page: Client, alice: User) -> None:
    session = make_temporary(alice)
    page.post(f"/chat/{session.id}/leave/")
    assert temporary.sweep() == 0
    page.post(f"/chat/{session.id}/stay/")
    assert Session.objects.get().leaves_at is None
    page.post(f"/chat/{session.id}/leave/", {"away": "1"})
    assert Session.objects.filter(leaves_at__gt=timezone.now() + temporary.GRACE).exists()
    age(session, leaves_at=timedelta(0))
    assert temporary.sweep() == 1
    assert not Session.objects.exists()


@pytest.mark.parametrize("field", ["updated_at", "deleted_at"])
def test_silence_ends_it_and_so_does_deleting_it(alice: User, field: str) -> None:
    session = make_temporary(alice)
    limit = {"updated_at": temporary.IDLE, "deleted_at": temporary.UNDO}[field]
    age(session, **{field: limit - timedelta(seconds=5)})
    assert temporary.sweep() == 0
    age(session, **{field: limit})
    assert temporary.sweep() == 1
    assert not Session.objects.exists()


def test_logging_out_ends_what_was_open_in_this_browser(page: Client, alice: User) -> None:
    """What one has open in another browser is in use there."""
    here, there, kept = make_temporary(alice), make_temporary(alice), make_session(alice, ["Hello"])
    elsewhere = Client()
    elsewhere.force_login(alice)
    for browser, session in ((page, here), (page, kept), (elsewhere, there), (elsewhere, kept)):
        assert browser.get(f"/chat/{session.id}/").status_code == 200
    page.post("/logout/")
    assert set(Session.objects.values_list("pk", flat=True)) == {kept.pk, there.pk}
    elsewhere.post("/logout/")
    assert Session.objects.get() == kept


def test_logging_out_ends_nothing_that_has_another_owner_now(page: Client, alice: User) -> None:
    session = make_temporary(alice)
    page.get(f"/chat/{session.id}/")
    Session.objects.update(owner=make_user("erin"))
    page.post("/logout/")
    assert Session.objects.get() == session


def test_a_branch_of_it_is_temporary_too_and_a_shared_file_stays_with_the_other(
    alice: User, tmp_path: Path
) -> None:
    session = make_temporary(alice)
    attachment = add_attachment(owner=alice, file=SimpleUploadedFile("a.txt", b"heliotrope"))
    Attachment.objects.filter(pk=attachment.pk).update(message=messages_of(session)[0])
    branch = branch_session(session=session, owner=alice)
    assert branch.is_temporary
    temporary.end_session(session=session)
    assert len(files_in(tmp_path / "uploads")) == 1
    temporary.end_session(session=branch)
    assert files_in(tmp_path / "uploads") == []


def test_a_stranger_ends_and_keeps_nothing(client: Client, alice: User, charlie: User) -> None:
    session = make_temporary(alice)
    client.force_login(charlie)
    for action in ("end", "keep", "leave", "stay"):
        assert client.post(f"/chat/{session.id}/{action}/").status_code == 404
    session.refresh_from_db()
    assert (session.is_temporary, session.leaves_at, session.deleted_at) == (True, None, None)


def test_sweeping_costs_the_same_however_many_live(alice: User, django_assert_max_num_queries: Any) -> None:
    sessions: list[UUID] = [make_temporary(alice).pk for _ in range(12)]
    temporary.sweep()
    with django_assert_max_num_queries(5):
        assert temporary.sweep() == 0
    assert Session.objects.filter(pk__in=sessions).count() == 12


def meanwhile(monkeypatch: pytest.MonkeyPatch, name: str, change: Callable[[], object]) -> None:
    """Have `change` done right before the service calls its own `name`, once."""
    original = getattr(temporary, name)

    def first_this(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(temporary, name, original)
        change()
        return original(*args, **kwargs)

    monkeypatch.setattr(temporary, name, first_this)


def test_one_that_is_kept_while_the_sweeper_looks_stays(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_temporary(alice)
    age(session, leaves_at=timedelta(0))
    meanwhile(monkeypatch, "_end", lambda: temporary.keep_session(session=session))
    temporary.sweep()
    session.refresh_from_db()
    assert (session.is_temporary, session.deleted_at) == (False, None)
    assert len(messages_of(session)) == 2


def test_one_that_is_come_back_to_while_the_sweeper_looks_stays(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_temporary(alice)
    age(session, leaves_at=timedelta(0))
    meanwhile(monkeypatch, "_end", lambda: temporary.stay_in_session(session=session))
    temporary.sweep()
    assert Session.objects.live().get() == session


def test_one_that_is_brought_back_while_the_sweeper_looks_stays(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_temporary(alice)
    age(session, deleted_at=temporary.UNDO)
    meanwhile(monkeypatch, "_purge", lambda: sessions.restore_session(session=session))
    temporary.sweep()
    assert len(messages_of(Session.objects.live().get())) == 2


def test_what_was_kept_in_another_tab_is_not_ended_here(alice: User) -> None:
    session = make_temporary(alice)
    temporary.keep_session(session=session)
    with pytest.raises(BadValue):
        temporary.end_session(session=session)
    assert Session.objects.live().get() == session


def test_what_has_ended_is_not_kept(page: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the lock it may be gone, or about to go; neither is a fault of the server."""
    session = make_temporary(alice)
    meanwhile(monkeypatch, "keep_session", lambda: age(session, deleted_at=timedelta(0)))
    assert page.post(f"/chat/{session.id}/keep/").status_code == 404
    session.refresh_from_db()
    assert session.is_temporary
    Session.objects.update(deleted_at=None)
    meanwhile(monkeypatch, "keep_session", lambda: temporary.end_session(session=session))
    assert page.post(f"/chat/{session.id}/keep/").status_code == 404
    assert not Session.objects.exists()


def test_a_draft_that_names_anothers_file_does_not_take_it_along(
    page: Client, alice: User, charlie: User, tmp_path: Path
) -> None:
    theirs = add_attachment(owner=charlie, file=SimpleUploadedFile("a.txt", b"Mine"))
    own = add_attachment(owner=alice, file=SimpleUploadedFile("b.txt", b"Mine too"))
    session = make_temporary(alice)
    ids = [str(theirs.pk), str(own.pk)]
    draft = {"content": "x", "message_id": str(new_id()), "attachment_ids": ids}
    assert page.post(f"/chat/{session.id}/draft/", draft).status_code == 204
    temporary.end_session(session=session)
    assert list(Attachment.objects.all()) == [theirs]
    assert [file.read_bytes() for file in files_in(tmp_path / "uploads")] == [b"Mine"]
