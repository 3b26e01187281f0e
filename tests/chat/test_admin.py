"""The admin: each list and page costs the same however much there is, and shows no more than it may.

Proves F4.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.functional import Promise

from chat import audit
from chat.admin import looking
from chat.models import (
    Annotation,
    ApiToken,
    Aside,
    Attachment,
    AuditEntry,
    ConfiguredProvider,
    Extra,
    Generation,
    ImportJob,
    ImportLine,
    Lineup,
    Merge,
    Message,
    ModelOverride,
    ModelPrice,
    Project,
    Quota,
    Report,
    Role,
    Session,
    Summary,
    ToolServer,
    User,
    WorkerProcess,
)
from chat.services.branching import branch_session
from chat.services.merging import merge_session
from chat.services.tools import set_tool_policies
from exports.jobs.orders import make_link
from exports.models import ExportJob
from tests.chat.pages.conftest import text_of
from tests.chat.tools.given import make_server
from tests.chat.usage import limit, price
from tests.factories import (
    add_member,
    add_message,
    make_annotation,
    make_attachment,
    make_export,
    make_import,
    make_project,
    make_session,
    make_summary,
    make_token,
    make_user,
    messages_of,
)

SECRET = "sk-a-key-of-a-provider"
# What hangs together with what people wrote is taken away by their own doing, or never.
DELETABLE = {Group, ApiToken, ConfiguredProvider, ModelOverride, ModelPrice, Quota}


def a_session(size: int) -> Session:
    """With as many messages, other versions, files, notes and branches."""
    owner = make_user(uuid4().hex)
    session = make_session(owner, [f"Message {n}" for n in range(2 * size)])
    for row in messages_of(session)[1::2]:
        make_annotation(row)
        make_attachment(owner, message=row)
        add_message(session, row.parent, "Another", is_active=False)
        branch_session(session=session, owner=owner, message=row)
    return session


def a_message(size: int) -> Message:
    return messages_of(a_session(size))[1]


def a_merge(size: int) -> Merge:
    merge = merge_session(session=a_session(1), source=a_session(size), merged_by=make_user(uuid4().hex))
    assert merge
    return merge


def a_lineup(size: int) -> Lineup:
    reply = a_message(size)
    assert reply.parent
    return Lineup.objects.create(session=reply.session, question=reply.parent, kept=reply)


def an_import(size: int) -> ImportJob:
    job = make_import(make_user(uuid4().hex), status="complete")
    for number in range(size):
        outcome = ("failed", "imported")[number % 2]
        notes = [{"words": "It is damaged."}]
        ImportLine.objects.create(job=job, number=number + 1, outcome=outcome, name="One", notes=notes)
    return job


def an_export(size: int) -> ExportJob:
    owner = make_user(uuid4().hex)
    return make_export(owner, make_session(owner))


def a_project(size: int) -> Project:
    project = make_project(make_user(uuid4().hex), slug=uuid4().hex)
    for _ in range(size):
        add_member(project, make_user(uuid4().hex), Role.EDITOR)
        make_session(make_user(uuid4().hex), project=project)
    return project


def a_generation(size: int) -> Generation:
    message = a_message(size)
    worker = WorkerProcess.objects.create(host="here", pid=1, beat_at=timezone.now())
    return Generation.objects.create(
        message=message, session=message.session, state=Generation.State.ENDED, worker=worker
    )


def a_token(size: int) -> ApiToken:
    user = make_user(uuid4().hex)
    for _ in range(size):
        make_token(user)
    return ApiToken.objects.filter(user=user)[0]


def a_provider(size: int) -> ConfiguredProvider:
    return ConfiguredProvider.objects.create(name=uuid4().hex, kind="openai", api_key=SECRET)


def an_override(size: int) -> ModelOverride:
    return ModelOverride.objects.create(provider=uuid4().hex, model="m", context_window=size)


def a_tool_server(size: int) -> ToolServer:
    server = make_server(make_user(uuid4().hex), headers=f'{{"Authorization": "{SECRET}"}}')
    set_tool_policies(server=server, policies={"delete": "ask"})
    return server


def a_report(size: int) -> Report:
    return Report.objects.create(message=a_message(size), reporter=make_user(uuid4().hex), reason="other")


def an_entry(size: int) -> AuditEntry:
    """Its conversation is told by its id alone, its actor by the name of then."""
    for _ in range(size):
        user = make_user(uuid4().hex)
        audit.note(audit.Action.SESSION_DELETED, make_session(user), actor=user, reason="none")
    return AuditEntry.objects.order_by("-id")[0]


def an_aside(session: Session) -> Aside:
    return Aside.objects.create(session=session, owner=session.owner, purpose="reading", status="complete")


def an_extra(session: Session) -> Extra:
    return Extra.objects.create(session=session, owner=session.owner, purpose="tags", status="complete")


# Of every table in the admin how one row is made, with so much that belongs to it.
MAKERS: dict[type[Model], Callable[[int], Model]] = {
    Annotation: lambda size: a_message(size).annotations.all()[0],
    ApiToken: a_token,
    Aside: lambda size: an_aside(a_session(size)),
    Attachment: lambda size: a_message(size).attachments.all()[0],
    AuditEntry: an_entry,
    ConfiguredProvider: a_provider,
    ExportJob: an_export,
    Extra: lambda size: an_extra(a_session(size)),
    Generation: a_generation,
    Group: lambda size: Group.objects.create(name=uuid4().hex),
    ImportJob: an_import,
    Lineup: a_lineup,
    Merge: a_merge,
    Message: a_message,
    ModelOverride: an_override,
    ModelPrice: lambda size: price(uuid4().hex),
    Project: a_project,
    Quota: lambda size: limit(cost=1, user=make_user(uuid4().hex)),
    Report: a_report,
    Session: a_session,
    ToolServer: a_tool_server,
    Summary: lambda size: make_summary(a_message(size)),
    User: lambda size: a_session(size).owner,
    WorkerProcess: lambda size: WorkerProcess.objects.create(host="here", pid=1, beat_at=timezone.now()),
}
ALL = sorted(MAKERS, key=lambda model: model.__name__)


@pytest.fixture
def desk(dana: User) -> Client:
    """An administrator's browser."""
    User.objects.filter(pk=dana.pk).update(is_superuser=True)
    return logged_in(dana)


@pytest.fixture
def moderator(dana: User) -> Client:
    """One of the staff who may open every table, and decides on reports."""
    dana.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    dana.user_permissions.add(Permission.objects.get(codename="change_report"))
    return logged_in(dana)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def list_of(model: type[Model]) -> str:
    query = "?state__exact=open" if model is Report else ""
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{query}"


def page_of(row: Model) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200, url
    return len(found)


def test_every_table_in_the_admin_is_tested_here() -> None:
    assert set(admin.site._registry) == set(MAKERS)


@pytest.mark.parametrize("model", ALL)
def test_a_long_list_takes_as_many_queries_as_a_short_one(desk: Client, model: type[Model]) -> None:
    MAKERS[model](1)
    few = queries(desk, list_of(model))
    for _ in range(5):
        MAKERS[model](1)
    assert queries(desk, list_of(model)) == few


@pytest.mark.parametrize("model", ALL)
def test_a_page_takes_as_many_queries_for_much_as_for_little(desk: Client, model: type[Model]) -> None:
    little, much = MAKERS[model](1), MAKERS[model](6)
    assert queries(desk, page_of(little)) == queries(desk, page_of(much))


@pytest.mark.parametrize("model", ALL)
def test_every_choice_of_every_filter_and_every_search_answers(desk: Client, model: type[Model]) -> None:
    row = MAKERS[model](1)
    shown = desk.get(list_of(model))
    tried = [
        choice["query_string"]
        for spec in shown.context["cl"].filter_specs
        for choice in spec.choices(shown.context["cl"])
    ]
    tried += [f"?q={words}" for words in (row.pk, uuid4(), "dana", "Mess%", "é")]
    path = list_of(model).partition("?")[0]
    for query in tried:
        answer = desk.get(path + query)
        moved = answer["Location"] if answer.status_code == 302 else ""
        assert answer.status_code == 200 or moved.endswith("?state__exact=open"), (query, moved)
    # What nobody can choose sends one back: PostgreSQL takes no NUL, and an id is one.
    for spec in shown.context["cl"].filter_specs:
        for name in spec.expected_parameters():
            assert desk.get(path, {name: "\0"}).status_code in (200, 302), name
    for action in () if model is Group else ("resolve", "delete_selected"):  # Django's own
        assert desk.post(path, {"action": action, "_selected_action": "x"}).status_code in (302, 403)
    assert [str(one.pk) for one in desk.get(f"{path}?q={row.pk}").context["cl"].result_list] == [
        str(row.pk)
    ] or model in (User, Group, ConfiguredProvider, ModelOverride, ModelPrice, Quota)


@pytest.mark.parametrize("model", ALL)
def test_what_people_wrote_is_not_deleted_here(desk: Client, model: type[Model]) -> None:
    row = MAKERS[model](1)
    status = desk.post(page_of(row).replace("change", "delete"), {"post": "yes"}).status_code
    assert status == (302 if model in DELETABLE else 403)
    assert model._default_manager.filter(pk=row.pk).exists() == (model not in DELETABLE)


def test_filters_find_what_they_say(desk: Client, alice: User) -> None:
    session = make_session(alice, ["Question", "Answer"])
    question, answer = messages_of(session)
    other = add_message(session, question, "Other answer", is_active=False, status="error")
    tool = add_message(session, answer, "Looked up", role="tool")
    old = add_message(session, tool, "Old", role="user", deleted_at=timezone.now())
    Message.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=1))
    for query, expected in (
        ("role=tool", {tool}),
        ("role=user", {question, old}),
        ("status=error", {other}),
        ("trash=yes", {old}),
        ("since=day", {question, answer, other, tool, old}),
        (f"session={session.pk}", {question, answer, tool, old}),
        (f"session={session.pk}.aside", {other}),
        (f"q={answer.pk}", {answer}),
    ):
        assert set(desk.get(f"{list_of(Message)}?{query}").context["cl"].result_list) == expected, query
    for query in ("session=nonsense", "content__contains=x"):
        assert desk.get(f"{list_of(Message)}?{query}").status_code in (302, 400)


def test_sessions_are_sought_by_their_owner_or_their_title(desk: Client, alice: User, bob: User) -> None:
    harbour, sea = make_session(alice, name="Harbour"), make_session(bob, name="The sea of alices")
    for words, expected in (("alice", {harbour}), ("bob", {sea}), ("SEA", {sea}), ("x", set())):
        assert set(desk.get(f"{list_of(Session)}?q={words}").context["cl"].result_list) == expected, words


def test_no_more_is_counted_than_is_leafed_through(
    desk: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST", 3)
    make_session(alice, ["1", "2", "3"])
    assert "The first 3 of more" not in text_of(desk.get(list_of(Message)))
    make_session(alice, ["4"])
    shown = desk.get(list_of(Message))
    assert "The first 3 of more" in text_of(shown)
    assert shown.context["cl"].result_count == 3


def test_every_table_and_column_has_a_name_in_the_readers_language(desk: Client, alice: User) -> None:
    make_session(alice)
    for model in [one for one in admin.site._registry if one._meta.app_label == "chat"]:
        assert isinstance(model._meta.verbose_name, Promise), model
        assert [
            one.name for one in model._meta.concrete_fields if not isinstance(one.verbose_name, Promise)
        ] == []
    german = {"Accept-Language": "de"}
    assert "Unterhaltung zum Ansehen auswählen" in text_of(desk.get(list_of(Session), headers=german))
    assert "Letzte Aktivität" in text_of(desk.get(list_of(Session), headers=german))


def test_secrets_are_nowhere(desk: Client, alice: User) -> None:
    make_token(alice)
    token = ApiToken.objects.get()
    provider = a_provider(1)
    where = f"https://tools.example.org/{SECRET}/mcp?key={SECRET}"
    server = make_server(make_user("erin"), url=where, args=[SECRET], last_words=SECRET)
    rows = (token, provider, server)
    pages = [page for row in rows for page in (list_of(type(row)), page_of(row))]
    shown = "".join(text_of(desk.get(page)) for page in pages)
    assert token.digest not in shown
    assert SECRET not in shown
    assert "tools.example.org" in shown


def test_what_leaves_no_trace_is_not_listed(desk: Client, alice: User) -> None:
    session = make_session(alice, ["Passing"], name="Passing", is_temporary=True)
    [message] = messages_of(session)
    make_annotation(message, "Passing")
    make_attachment(alice, message=message, name="Passing")
    for model in (Session, Message, Annotation, Attachment):
        assert "Passing" not in text_of(desk.get(list_of(model)))
    for row in (session, message):
        assert desk.get(page_of(row)).status_code == 302


def test_a_moderator_looks_into_what_was_reported_and_no_further(
    moderator: Client, alice: User, charlie: User
) -> None:
    reported, private = make_session(alice, ["Bad", "Worse"], name="Seen"), make_session(charlie, ["Private"])
    Report.objects.create(message=messages_of(reported)[0], reporter=alice, reason="other")
    for session in (reported, private):
        make_annotation(messages_of(session)[0], "A remark")
        make_attachment(session.owner, message=messages_of(session)[0])
    for model, count in ((Session, 1), (Message, 1), (Annotation, 1), (Attachment, 1), (Report, 1)):
        assert moderator.get(list_of(model)).context["cl"].result_count == count, model
    within = moderator.get(f"{list_of(Message)}?session={reported.pk}")
    assert within.context["cl"].result_count == 2
    assert moderator.get(f"{list_of(Message)}?session={private.pk}").context["cl"].result_count == 0
    for row, status in ((reported, 200), (messages_of(reported)[1], 200), (private, 302)):
        assert moderator.get(page_of(row)).status_code == status
    assert moderator.get(page_of(messages_of(private)[0])).status_code == 302
    make_project(charlie)
    make_import(charlie)
    for made in (Project, ImportJob):
        assert moderator.get(list_of(made)).context["cl"].result_count == 0


def test_who_may_only_look_at_reports_decides_nothing(dana: User, alice: User) -> None:
    report = a_report(1)
    dana.user_permissions.set(Permission.objects.filter(codename="view_report"))
    client = logged_in(dana)
    client.post(list_of(Report), {"action": "resolve", "_selected_action": [str(report.pk)]})
    report.refresh_from_db()
    assert report.state == "open"


def test_a_token_is_taken_away(desk: Client, alice: User) -> None:
    token = make_token(alice)
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/chat/sessions").status_code == 200
    row = ApiToken.objects.get()
    form = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
    desk.post(list_of(ApiToken), form)
    assert program.get("/api/chat/sessions").status_code == 401


def test_a_person_is_suspended_on_their_page(desk: Client, alice: User) -> None:
    form: dict[str, Any] = desk.get(page_of(alice)).context["adminform"].form.initial
    fields = {name: value for name, value in form.items() if isinstance(value, str) and name != "password"}
    fields |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert desk.post(page_of(alice), fields).status_code == 302
    alice.refresh_from_db()
    assert not alice.is_active


def test_of_an_export_one_finds_who_had_what_made_how_it_went_and_who_may_have_it(desk: Client) -> None:
    owner = make_user("erin")
    session = make_session(owner)
    job = make_link(job=make_export(owner, session, name="tides.json"), lifetime=timedelta(hours=1))
    failed = make_export(
        owner,
        session,
        status="error",
        ended_at=timezone.now(),
        error={"words": "The disk is full.", "said": None},
    )
    page = desk.get(page_of(job)).content.decode()
    for wanted in (f"/user/{owner.pk}/", f"/session/{session.pk}/", "tides.json", "downloaded 0 times"):
        assert wanted in page
    assert str(job.link_id) not in page
    assert "The disk is full." in desk.get(page_of(failed)).content.decode()
    linked = desk.get(f"{list_of(ExportJob)}?linked=now").context["cl"].result_list
    assert [one.pk for one in linked] == [job.pk]
    log = desk.get(f"/admin/chat/auditentry/?q={job.pk}").content.decode()
    assert "link to an export made" in log
    assert page_of(job) in log
    assert "/file" not in page


def test_a_limit_and_a_price_are_set_and_must_make_sense(desk: Client, alice: User) -> None:
    limits, prices = "/admin/chat/quota/add/", "/admin/chat/modelprice/add/"
    for odd in ({}, {"cost_limit": "-1"}, {"token_limit": 5, "user": str(alice.pk), "is_shared": "on"}):
        assert desk.post(limits, {"period": "day", **odd}).status_code == 200, odd
    for odd in ({}, {"model": "m", "input_price": "-1"}):
        form = {"valid_from": "2026-01-01", "input_price": "1", "output_price": "2", **odd}
        assert desk.post(prices, form).status_code == 200, odd
    assert (Quota.objects.exists(), ModelPrice.objects.exists()) == (False, False)
    form = {"period": "month", "cost_limit": "12.50", "user": str(alice.pk)}
    assert desk.post(limits, form).status_code == 302
    form = {"provider": "vllm", "valid_from": "2026-01-01", "input_price": "0", "output_price": "0.25"}
    assert desk.post(prices, form).status_code == 302
    assert (str(Quota.objects.get()), ModelPrice.objects.get().output_price) == (
        "alice / month",
        Decimal("0.25"),
    )
    assert AuditEntry.objects.filter(action=AuditEntry.Action.ADMIN_CHANGED).count() == 2
