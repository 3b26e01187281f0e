"""C11: everything in one file, and back (on SQLite here, and on PostgreSQL by `make test`)."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from pytest_django import Settings

from chat.backups import make_backup, sqlite
from chat.models import Attachment, ConfiguredProvider, Message, Session, SessionTag, User
from chat.models.ids import new_id
from chat.query.parsing import parse
from chat.search.results import search
from tests.chat.api.client import Api
from tests.chat.backups.filled import NOTES, PICTURE, PREPARED, files, fill, rows, run
from tests.chat.migrating import tables_of
from tests.factories import PASSWORD, make_attachment, make_session, make_user
from tests.houses import ShowHouse


def test_all_is_as_it_was(alice: User, tmp_path: Path) -> None:
    """C11"""
    token = fill(alice)
    before, uploaded = rows(), files()
    said = run("backup", tmp_path / "all.zip")
    assert said.startswith(
        f"Saved 1 person, 3 conversations, 7 messages and 3 files to {tmp_path / 'all.zip'} ("
    )
    Session.objects.filter(name="Hafen").delete()
    Message.objects.update(content="Changed")
    ConfiguredProvider.objects.all().delete()
    alice.set_password("another horse battery")
    alice.save()
    make_session(make_user("bob"), ["Later"])
    kept = make_attachment(alice, content=b"Later")
    changed = rows()
    said = run("restore", tmp_path / "all.zip")
    assert "Restored 1 person, 3 conversations, 7 messages and 3 files, as they were at 2" in said
    assert rows() == before
    assert files() == uploaded
    assert sorted(uploaded.values()) == sorted([PICTURE, PREPARED, NOTES])
    [saved] = (tmp_path / "backups").glob("before-restore-*.zip")
    assert f"What was here is in {saved}." in said
    run("restore", saved)
    assert rows() == changed
    assert files()[kept.file.name or ""] == b"Later"
    assert Api(token=token).get("/chat/sessions").status == 200


def test_it_works_on_as_before(alice: User, tmp_path: Path) -> None:
    """C11: what is there is used: password, token, provider's key, search; and rows can be added."""
    token = fill(alice)
    run("backup", tmp_path / "all.zip")
    User.objects.all().delete()
    ConfiguredProvider.objects.all().delete()
    run("restore", tmp_path / "all.zip")
    person = authenticate(username="alice", password=PASSWORD)
    assert isinstance(person, User)
    assert [row.api_key for row in ConfiguredProvider.objects.order_by("name")] == ["sk-secret", "sk-mine"]
    assert [hit.session.name for hit in search(person, parse("hafen")).hits][0].startswith("Hafen")
    api = Api(token=token)
    assert len(api.get("/chat/sessions").json["items"]) == 3
    picture = Attachment.objects.filter(name="ship.png").latest("created_at")
    assert api.get(f"/chat/attachments/{picture.pk}").body == PICTURE
    session = Session.objects.get(name="Hafen")
    SessionTag.objects.create(session=session, name="sea")
    assert api.patch(f"/chat/sessions/{session.pk}", {"name": "Haven"}).status == 200
    assert [hit.session.name for hit in search(person, parse("haven")).hits] == ["Haven"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert cursor.execute("PRAGMA journal_mode").fetchall() == [("wal",)]


def test_who_writes_meanwhile_does_not_wait_and_is_in_the_next_one(
    alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C11: it is as at one moment, however long it takes."""
    fill(alice)
    before = rows()
    monkeypatch.setattr(sqlite, "PAGES", 8)
    written: list[str] = []

    def write() -> None:
        try:
            written.append(make_session(alice, ["Meanwhile"]).name)
        finally:
            connection.close()

    def tell(what: str, done: int, total: int) -> None:
        if what != "files" and done < total and len(written) < 5:
            writer = Thread(target=write)
            writer.start()
            writer.join(10)

    make_backup(path=tmp_path / "all.zip", tell=tell)
    assert len(written) == 5
    assert Session.objects.filter(name="A session").count() == 6
    run("restore", tmp_path / "all.zip")
    assert rows() == before


def test_tables_of_others_are_left_alone(alice: User, tmp_path: Path) -> None:
    """C11: a database of PostgreSQL may be shared."""
    if connection.vendor == "sqlite":
        pytest.skip("The file is Parley's own")
    fill(alice)
    run("backup", tmp_path / "all.zip")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE messages_of_others AS SELECT 1 AS one")
    try:
        assert "messages_of_others" in rows()
        run("restore", tmp_path / "all.zip")
        assert rows()["messages_of_others"] == ["(1,)"]
        run("backup", tmp_path / "all.zip")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE messages_of_others")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "database/messages_of_others" not in archive.namelist()


def test_it_can_be_brought_to_another_place(
    alice: User, tmp_path: Path, settings: Settings, secret_key: Path
) -> None:
    """C11: a folder that is new, a database that was only just made, and the key comes along."""
    fill(alice)
    before, uploaded = rows(), files()
    run("backup", tmp_path / "all.zip")
    User.objects.all().delete()
    ConfiguredProvider.objects.all().delete()
    key = secret_key.read_text()
    settings.PARLEY_DATA = tmp_path / "new"
    settings.MEDIA_ROOT = tmp_path / "new" / "uploads"
    settings.SECRET_KEY = "made-here-by-the-first-start"
    new_key = tmp_path / "new" / "keys" / "secret_key"
    new_key.parent.mkdir(parents=True)
    new_key.write_text(settings.SECRET_KEY)
    said = run("restore", tmp_path / "all.zip")
    assert rows() == before
    assert files() == uploaded
    assert (new_key.read_text(), new_key.stat().st_mode & 0o777) == (key, 0o600)
    assert "SECRET_KEY" not in said
    assert "What was here" not in said


def test_a_key_of_the_environment_is_no_part_of_it_and_is_asked_for(
    alice: User, tmp_path: Path, settings: Settings, secret_key: Path
) -> None:
    """C11"""
    settings.SECRET_KEY = "of-the-environment"
    assert "SECRET_KEY of the environment" in run("backup", tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "secret_key" not in archive.namelist()
    kept = secret_key.read_text()
    assert "SECRET_KEY" not in run("restore", tmp_path / "all.zip")
    settings.SECRET_KEY = kept
    assert "another SECRET_KEY" in run("restore", tmp_path / "all.zip")
    assert secret_key.read_text() == kept


def test_the_key_can_be_left_out_of_a_file_that_others_may_read(
    alice: User, tmp_path: Path, settings: Settings, secret_key: Path
) -> None:
    """C11"""
    settings.SECRET_KEY = secret_key.read_text()
    said = run("backup", tmp_path / "all.zip", "--without-key")
    assert "Not in it is the secret key" in said
    assert settings.SECRET_KEY.encode() not in (tmp_path / "all.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "secret_key" not in archive.namelist()
    assert "another SECRET_KEY" not in run("restore", tmp_path / "all.zip")


def test_a_backup_is_one_file_for_its_owners_eyes(alice: User, tmp_path: Path) -> None:
    """C11: what is there is replaced, and nothing is left beside it."""
    path = tmp_path / "here" / "all.zip"
    path.parent.mkdir()
    path.write_text("the one of yesterday")
    path.chmod(0o644)
    (path.parent / "all.zip.partial").write_text("of one that was killed" * 99999)
    if connection.vendor == "sqlite":
        (path.parent / "all.zip.partial.sqlite3").write_text("of one that was killed")
    run("backup", path)
    assert zipfile.is_zipfile(path)
    assert os.listdir(path.parent) == ["all.zip"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.fixture
def first_version(transactional_db: None, show_house: ShowHouse) -> Iterator[Apps]:
    """The tables as they were then."""
    with tables_of("0017_template_versions", show_house) as apps:
        yield apps


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(first_version: Apps, tmp_path: Path) -> None:
    """C11"""
    then = first_version.get_model
    alice = then("chat", "User").objects.create(username="alice")
    session = then("chat", "Session").objects.create(owner=alice, name="Old", updated_at=timezone.now())
    told = {"session": session, "depth": 0, "role": "user", "content": "Long ago"}
    then("chat", "Message").objects.create(id=new_id(), **told)
    run("backup", tmp_path / "old.zip")
    call_command("migrate", verbosity=0)
    before = rows()
    User.objects.all().delete()
    run("restore", tmp_path / "old.zip")
    after = rows()
    for found in (before, after):  # when each was applied
        found.pop("django_migrations")
    assert after == before
    assert not MigrationExecutor(connection).migration_plan(
        MigrationExecutor(connection).loader.graph.leaf_nodes()
    )


@pytest.mark.parametrize("start", [0, 20_000])
def test_a_database_that_is_damaged_is_replaced_and_kept(alice: User, tmp_path: Path, start: int) -> None:
    """C11: that is when a backup is needed; one of what is damaged would be none."""
    if connection.vendor != "sqlite":
        pytest.skip("It is one file on SQLite alone")
    fill(alice)
    before, uploaded = rows(), files()
    run("backup", tmp_path / "all.zip")
    connection.close()
    database = Path(connection.settings_dict["NAME"])
    data = bytearray(database.read_bytes())
    data[start : start + 50_000] = b"\xa5" * 50_000
    database.write_bytes(data)
    with pytest.raises(CommandError, match="database"):
        run("backup", tmp_path / "damaged.zip")
    assert not (tmp_path / "damaged.zip").exists()
    said = run("restore", tmp_path / "all.zip")
    [kept] = (tmp_path / "backups").glob("before-restore-*.damaged.sqlite3")
    assert f"What was here is in {kept}." in said
    assert kept.read_bytes() == data
    assert rows() == before
    assert files() == uploaded


def test_what_there_is_nothing_of_is_not_saved(transactional_db: None, tmp_path: Path) -> None:
    run("backup", tmp_path / "empty.zip")
    assert "What was here" not in run("restore", tmp_path / "empty.zip")
    assert not (Path(settings.PARLEY_DATA) / "backups").exists()


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_it_has_come(alice: User, tmp_path: Path) -> None:
    terminal, program = Terminal(), StringIO()
    for stderr in (terminal, program):
        call_command("backup", str(tmp_path / "all.zip"), stdout=StringIO(), stderr=stderr)
    assert re.fullmatch(r"\r\w+: \d+( %)?\r.*\r", terminal.getvalue())
    assert program.getvalue() == ""


def test_a_person_at_a_terminal_is_asked_first(
    alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C11"""
    fill(alice)
    before = rows()
    run("backup", tmp_path / "all.zip")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _prompt: "no")
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("restore", tmp_path / "all.zip")
    assert rows() == before
    assert "Restored" in run("restore", tmp_path / "all.zip", "--noinput")
    monkeypatch.setattr("builtins.input", lambda _prompt: "yes")
    assert "Restored" in run("restore", tmp_path / "all.zip")
