"""A database with conversations in it is brought up to date, and back, and loses nothing.

Proves C11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import access
from chat.index.tables import empty_index
from chat.listing import entries
from chat.models import Message, Role, Session, Template, UsageDay, User
from chat.models.ids import new_id
from chat.query.parsing import parse
from chat.replay import replay
from chat.search.results import search
from chat.services.branching import branch_session
from chat.snapshot import page
from chat.wire import message_json, session_json
from tests.chat.migrating import migrate, newest, tables_of
from tests.factories import messages_of
from tests.houses import ShowHouse

FIRST = "0001_initial"


@pytest.fixture
def first(transactional_db: None, show_house: ShowHouse) -> Iterator[Callable[[str], Any]]:
    """The tables as they were at first, by name."""
    with tables_of(FIRST, show_house) as apps:
        yield lambda name: apps.get_model("chat", name)


def fill(model: Callable[[str], Any]) -> dict[str, Any]:
    """A person with a conversation that was edited, has a file, and runs; all columns are there for it."""
    user = model("User").objects.create(username="alice", password="x")
    session = model("Session").objects.create(
        owner=user, name="Old", message_count=2, last_event_id=4, updated_at=timezone.now()
    )
    model("SessionTag").objects.create(session=session, name="harbour")
    said = model("Message").objects.create(
        session=session, depth=0, role="user", content="Hello", author=user
    )
    reply = model("Message").objects.create(
        session=session,
        parent=said,
        depth=1,
        role="assistant",
        content="Hi",
        html="<p>Hi</p>",
        html_version=1,
    )
    model("MessageEdit").objects.create(message=said, content="Helo", editor=user)
    model("Attachment").objects.create(
        owner=user, message=said, kind="text", name="a.txt", size=1, mime_type="text/plain", file="a"
    )
    model("Generation").objects.create(message=reply, session=session, state="ended")
    for number, name in enumerate(("ack", "message", "message", "session"), 1):
        row = {"name": name, "kind": "created" if name == "message" else "", "message_id": reply.pk}
        data = {"user": str(said.pk)} if name == "ack" else {}
        row = row if name != "session" else {"name": name}
        model("SessionEvent").objects.create(session=session, number=number, data=data, **row)
    return {"user": user.pk, "session": session.pk, "said": said.pk, "reply": reply.pk}


def test_what_was_there_at_first_is_there_today(first: Callable[[str], Any]) -> None:
    keys = fill(first)
    migrate(newest())
    alice = User.objects.get(pk=keys["user"])
    session = access.get_session(alice, keys["session"], Role.VIEWER)
    assert session_json(session)["tags"] == ["harbour"]
    shown = [message_json(view) for view in page(session).messages]
    assert [one["content"] for one in shown] == ["Hello", "Hi"]
    assert [edit["content"] for edit in shown[0]["edits"]] == ["Helo"]
    assert [one["name"] for one in shown[0]["attachments"]] == ["a.txt"]
    found = (
        search(alice, parse("hello")).hits
        + search(alice, parse("a.txt")).hits
        + search(alice, parse("old")).hits
    )
    assert [hit.kind for hit in found] == ["message", "files", "title"]
    assert [event.name for event in replay(session.pk, 0)] == ["ack", "message", "message", "session"]


def test_an_old_conversation_is_neither_unread_nor_temporary_and_can_be_branched(
    first: Callable[[str], Any],
) -> None:
    keys = fill(first)
    migrate(newest())
    alice = User.objects.get(pk=keys["user"])
    assert alice.liking.theme == ""
    [entry] = entries(list(access.sessions_for(alice)), alice)
    assert (entry.unread, entry.is_running) == (0, False)
    branch = branch_session(session=entry.session, owner=alice)
    assert [message.content for message in messages_of(branch)] == ["Hello", "Hi"]
    assert messages_of(branch)[0].origin == keys["said"]


def test_what_a_template_says_becomes_its_first_version(
    transactional_db: None, show_house: ShowHouse
) -> None:
    with tables_of("0016_fill_search", show_house) as apps:
        model = apps.get_model
        alice = model("chat", "User").objects.create(username="alice", password="x")
        old = model("chat", "Template").objects.create(
            owner=alice, name="Letter", messages=[{"role": "user", "content": "To {{whom}}"}]
        )
        session = model("chat", "Session").objects.create(owner=alice, name="Old", updated_at=timezone.now())
        migrate(newest())
        template = Template.objects.get(pk=old.pk)
        [version] = template.versions.all()
        assert (version.number, version.who, version.says.content) == (1, "alice", template.content)
        assert version.created_at == template.updated_at
        assert Session.objects.get(pk=session.pk).template_version is None


def index_as_it_is() -> list[tuple[Any, ...]]:
    """What the database has for the search beside rows."""
    statements = {
        "sqlite": ["SELECT name, sql FROM sqlite_master WHERE name LIKE 'chat_search%' ORDER BY name"],
        "postgresql": [
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'chat_searchentry' ORDER BY 1",
            "SELECT attname, attstorage FROM pg_attribute "
            "WHERE attrelid = 'chat_searchentry'::regclass ORDER BY 1",
        ],
    }
    with connection.cursor() as cursor:
        rows: list[tuple[Any, ...]] = []
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
            rows += cursor.fetchall()
        return rows


def test_the_search_index_is_made_anew_as_the_migrations_made_it(transactional_db: None) -> None:
    """Whoever changes what `chat.index.tables` makes writes a migration: an old one stays as it was."""
    made = index_as_it_is()
    assert len(made) > 4
    empty_index()
    assert index_as_it_is() == made


@pytest.mark.parametrize(("name", "kinds"), [("Plain", []), ("In Łódź", ["title", "message"])])
def test_what_was_folded_otherwise_is_found_as_it_is_folded_now(
    transactional_db: None, show_house: ShowHouse, name: str, kinds: list[str]
) -> None:
    with tables_of("0020_audit_log", show_house) as apps:
        then = apps.get_model
        owner = then("chat", "User").objects.create(username=name)
        session = then("chat", "Session").objects.create(owner=owner, name=name, updated_at=timezone.now())
        told = {"session": session, "depth": 0, "role": "user", "content": "lodz, plain"}
        then("chat", "Message").objects.create(id=new_id(), **told)
        migrate(newest())
        alice = User.objects.get(username=name)
        assert [hit.kind for hit in search(alice, parse(f"{name} -ship in:title")).hits] == kinds[:1]
        assert [hit.kind for hit in search(alice, parse("lodz in:message")).hits] == kinds[1:]


def test_the_tables_have_what_the_models_say(db: None) -> None:
    """However a migration comes to a column."""
    for model in apps.get_app_config("chat").get_models():
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, model._meta.db_table)
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        fields = {field.column: field.null for field in concrete_fields(model)}
        assert {column.name: column.null_ok for column in columns} == fields
        assert {one.name for one in (*model._meta.indexes, *model._meta.constraints)} <= found.keys()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Others' tables are not told as they were made")
def test_sqlites_tables_are_those_that_the_models_say(db: None) -> None:
    for model in apps.get_app_config("chat").get_models():
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [model._meta.db_table])
            [told] = cursor.fetchone()
        # It stays with a column that was added where there were rows.
        statement = re.sub(r" DEFAULT \S+(?= NOT NULL)", "", told)
        for field in concrete_fields(model):
            of = field.db_parameters(connection)
            assert f'"{field.column}" {of["type"]} {"" if field.null else "NOT "}NULL' in statement
            assert not of["check"] or f"CHECK ({of['check']})" in statement


def concrete_fields(model: type[Any]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if field.column]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Other databases never make a table anew for this")
def test_a_column_with_a_default_is_added_to_the_table_that_is_there(
    transactional_db: None, show_house: ShowHouse
) -> None:
    with tables_of("0028_setup_keys", show_house):
        with CaptureQueriesContext(connection) as queries:
            migrate("0029_files_given")
        made_anew = [one["sql"] for one in queries if 'INSERT INTO "new__chat_message"' in one["sql"]]
        assert not made_anew


def test_the_way_back_keeps_the_conversations(transactional_db: None) -> None:
    """Each migration can be undone: an update that goes wrong is no dead end."""
    head = newest()
    alice = User.objects.create(username="alice")
    session = Session.objects.create(owner=alice, name="New", updated_at=timezone.now())
    Message.objects.create(id=new_id(), session=session, depth=0, role="user", content="Hello")
    try:
        apps = migrate(FIRST)
        assert apps.get_model("chat", "Message").objects.get().content == "Hello"
    finally:
        migrate(head)
    assert [message.content for message in messages_of(session)] == ["Hello"]


def test_what_replies_took_before_is_in_the_sums_of_their_days(
    transactional_db: None, show_house: ShowHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tables_of("0024_providers_and_costs", show_house) as before:
        sums_of_days(before, monkeypatch)


def sums_of_days(before: Apps, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = fill(lambda name: before.get_model("chat", name))
    messages = before.get_model("chat", "Message").objects
    bob = before.get_model("chat", "User").objects.create(username="bob", password="x")
    told = {"provider": "openai", "model": "gpt-5", "input_tokens": 7, "output_tokens": 5}
    messages.filter(pk=keys["reply"]).update(cost="0.5", created_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    messages.filter(pk=keys["reply"]).update(**told)
    for place, more in enumerate(({}, {"provider": "local", "origin": None}, {"origin": keys["said"]})):
        reply = messages.create(
            session_id=keys["session"], depth=place, is_active=False, role="assistant", content="x",
            **{**told, **more},
        )  # fmt: skip
        before.get_model("chat", "Generation").objects.create(
            message=reply, session_id=keys["session"], state="ended", requested_by_id=bob.pk
        )
    monkeypatch.setattr(import_module("chat.migrations.0026_cost_fill_usage"), "PIECE", 1)
    migrate(newest())
    rows = UsageDay.objects.order_by("day", "provider").values_list(
        "user__username", "provider", "requests", "input_tokens", "output_tokens", "cost", "unknown_costs"
    )
    assert list(rows) == [
        ("alice", "openai", 1, 7, 5, Decimal("0.5"), 0),
        ("bob", "local", 1, 7, 5, 0, 0),
        ("bob", "openai", 1, 7, 5, 0, 1),
    ]
    assert UsageDay.objects.earliest("day").day == date(2026, 1, 31)
