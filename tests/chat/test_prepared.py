"""A query that is put together once gives what it would give each time, whoever asks, and from which thread.

Proves C11.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from chat.log import lock_session
from chat.models import Message, Session, SessionEvent, User
from chat.models.ids import new_id
from chat.models.prepared import Prepared
from tests.factories import make_session, messages_of

SAID = Prepared(
    lambda session, before: (
        Message.objects.on_path(session)
        .filter(depth__lt=before)
        .order_by("-depth")
        .values_list("id", "depth", "created_at")
    ),
    UUID,
    int,
)
WITH_OWNER = Prepared(lambda key: Session.objects.select_related("owner").filter(pk=key), UUID)
BY_NAME = Prepared(lambda name: Session.objects.filter(name=name).values_list("pk", flat=True), str)


@pytest.fixture
def session(alice: User) -> Session:
    return make_session(alice, ["one", "two", "three"])


def test_it_gives_the_rows_that_the_query_gives(session: Session) -> None:
    ordinary = Message.objects.on_path(session).filter(depth__lt=2).order_by("-depth")
    for _time in range(2):
        assert SAID(session.pk, 2) == list(ordinary.values_list("id", "depth", "created_at"))


def test_each_time_it_goes_by_the_values_that_it_is_given(session: Session, bob: User) -> None:
    other = make_session(bob, ["of Bob"])
    assert [depth for _key, depth, _moment in SAID(session.pk, 1)] == [0]
    assert [depth for _key, depth, _moment in SAID(session.pk, 9)] == [2, 1, 0]
    assert [key for key, _depth, _moment in SAID(other.pk, 9)] == [one.pk for one in messages_of(other)]


def test_a_text_is_a_value_and_no_part_of_the_query(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(name="It's 100 % %s; --")
    assert BY_NAME("It's 100 % %s; --") == [session.pk]
    assert BY_NAME("' OR 1=1 --") == []


def test_what_is_read_along_needs_no_other_query(session: Session, alice: User) -> None:
    WITH_OWNER.first(session.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = WITH_OWNER.get(session.pk)
        assert (found, found.owner) == (session, alice)
    assert len(queries) == 1


def test_a_row_of_it_can_be_changed_and_saved(session: Session) -> None:
    found = WITH_OWNER.get(session.pk)
    found.name = "Other"
    found.save(update_fields=["name"])
    assert WITH_OWNER.get(session.pk).name == "Other"


def test_what_is_not_there_is_told_as_ever(db: None) -> None:
    assert WITH_OWNER.first(new_id()) is None
    with pytest.raises(Session.DoesNotExist):
        WITH_OWNER.get(new_id())


def test_a_value_that_nothing_is_compared_with_is_a_fault(db: None) -> None:
    forgetful = Prepared(lambda session, _other: Message.objects.on_path(session), UUID, UUID)
    with pytest.raises(AssertionError, match="compared"):
        forgetful(new_id(), new_id())


@pytest.mark.django_db(transaction=True)
def test_threads_ask_it_at_once_and_none_gets_what_another_asked_for(alice: User) -> None:
    sessions = [make_session(alice, "x" * (count + 1)) for count in range(8)]

    def lengths(_time: int) -> list[int]:
        try:
            return [len(SAID(session.pk, 99)) for session in sessions]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(found == [*range(1, 9)] for found in pool.map(lengths, range(12)))


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no locks on rows")
@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused_each_time(alice: User) -> None:
    key = make_session(alice).pk
    with transaction.atomic():
        assert lock_session(key).pk == key
    with pytest.raises(TransactionManagementError):
        lock_session(key)


def test_events_are_appended_as_they_are(session: Session) -> None:
    about = messages_of(session)[0].pk
    head = Session.objects.values_list("last_event_id", flat=True).get(pk=session.pk)
    first = SessionEvent(session=session, number=head + 1, name="done", message_id=about, data={"a": "ü '%s"})
    SessionEvent.objects.append([first, SessionEvent(session=session, number=head + 2, name="reset")])
    found = SessionEvent.objects.filter(session=session, number__gt=head).order_by("number")
    kept = found.annotate(n=F("number")).values_list("name", "kind", "message_id", "data")
    assert list(kept) == [("done", "", about, {"a": "ü '%s"}), ("reset", "", None, {})]
