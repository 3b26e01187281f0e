"""C12: access and changes are in an audit log, with ids and without anybody's words, and stay there."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from chat import audit
from chat.audit import Action
from chat.models import ApiToken, AuditEntry, Report, Role, Session, User
from chat.models.ids import first_id_at
from chat.services import sessions, trash
from chat.services.reports import report_message
from config.asgi import application
from exports.jobs import orders
from tests.chat.api.client import Api
from tests.factories import (
    PASSWORD,
    add_member,
    make_moderator,
    make_project,
    make_session,
    make_user,
    messages_of,
)

SECRET = "the words of a person"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Who reads does not wait for the entry; this test does. Nor is a call here part of the last request."""

    def write_now(function: Any, *args: Any, **kwargs: Any) -> None:
        function(*args, **kwargs)

    monkeypatch.setattr("chat.threads.write_later", write_now)
    yield
    audit.end()


def entries(**about: Any) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(**about).order_by("id"))


def actions(**about: Any) -> list[str]:
    return [entry.action for entry in entries(**about)]


def shared_with(user: User, role: Role, owner: User) -> Session:
    project = make_project(owner)
    add_member(project, user, role)
    return make_session(owner, ["Hello", "Hi"], project=project)


def test_an_entry_says_who_did_what_to_which_object_when_and_by_which_way(alice: User) -> None:
    api = Api(alice)
    session = UUID(api.post("/chat/sessions", {"name": SECRET}).json["id"])
    api.call("PATCH", f"/chat/sessions/{session}", {"name": "Another", "starred": True})
    made, changed = entries(session_id=session)
    token = ApiToken.objects.get(user=alice)
    assert (made.action, changed.action) == (Action.SESSION_MADE, Action.SESSION_CHANGED)
    for entry in (made, changed):
        assert (entry.actor, entry.actor_name, entry.way) == (alice, "alice", "api")
        assert (entry.token_id, entry.object_type, entry.object_id) == (token.pk, "session", str(session))
        assert (entry.address, len(entry.request_id)) == ("127.0.0.1", 32)
        assert timezone.now() - entry.created_at < timedelta(minutes=1)
    assert changed.detail == {"fields": ["name", "starred"]}


@pytest.mark.parametrize(
    ("given", "kept"),
    [("fe80::1%eth0", "fe80::1"), ("2001:DB8::1", "2001:db8::1"), ("/run/parley.sock", None), ("", None)],
)
def test_a_change_is_kept_whatever_address_the_server_was_told(
    alice: User, given: str, kept: str | None
) -> None:
    client = Client(REMOTE_ADDR=given)
    client.force_login(alice)
    assert client.post("/projects/new/", {"name": "Garden"}).status_code == 302
    [made] = entries(action=Action.PROJECT_MADE)
    assert made.address == kept


def test_what_is_as_it_was_is_no_change(alice: User) -> None:
    session = make_session(alice, name="Named")
    sessions.update_session(session=session, changes={"name": "Named", "tags": []})
    assert actions(session_id=session.pk) == []


def test_a_conversations_life_is_told_even_when_it_is_gone(alice: User) -> None:
    api = Api(alice)
    here = api.post("/chat/sessions", {}).json["id"]
    other = make_session(alice, ["Elsewhere", "Indeed"])
    path = f"/chat/sessions/{here}"
    api.post(f"{path}/merge", {"source_id": str(other.pk)})
    api.post(f"{path}/merge/undo", {})
    branch = api.post(f"/chat/sessions/{other.pk}/branch", {}).json["id"]
    copy = api.post(f"/chat/sessions/{other.pk}/duplicate", {}).json["id"]
    api.post(f"{path}/embed", {"parents": ["https://wiki.example.org"]})
    api.delete(path)
    api.post(f"{path}/restore")
    api.delete(path)
    trash.purge_session(session=Session.objects.get(pk=here))
    assert actions(session_id=here) == [
        *(Action.SESSION_MADE, Action.SESSION_MERGED, Action.SESSION_UNMERGED, Action.SESSION_EMBEDDED),
        *(Action.SESSION_DELETED, Action.SESSION_RESTORED, Action.SESSION_DELETED, Action.SESSION_PURGED),
    ]
    assert actions(session_id=branch) == [Action.SESSION_BRANCHED]
    assert actions(session_id=copy) == [Action.SESSION_DUPLICATED]
    assert entries(session_id=copy)[0].detail == {"source": str(other.pk)}


def test_changes_to_messages_are_noted_and_what_they_said_is_not(alice: User) -> None:
    session = make_session(alice, [SECRET, SECRET])
    message = messages_of(session)[1]
    api, path = Api(alice), f"/chat/messages/{messages_of(session)[1].pk}"
    api.put(path, {"content": f"{SECRET}, changed"})
    api.delete(path)
    api.post(f"{path}/restore")
    api.delete(path)
    trash.purge_messages(messages=trash.deleted_messages(alice))
    found = entries(session_id=session.pk)
    assert [entry.action for entry in found] == [
        *(Action.MESSAGE_EDITED, Action.MESSAGE_DELETED, Action.MESSAGE_RESTORED, Action.MESSAGE_DELETED),
        Action.MESSAGES_PURGED,
    ]
    assert {entry.object_id for entry in found[:4]} == {str(message.pk)}
    assert SECRET not in json.dumps(list(AuditEntry.objects.values()), default=str)


def test_who_is_let_into_a_project_or_a_template_is_noted(alice: User, bob: User) -> None:
    api = Api(alice)
    api.post("/chat/projects", {"name": SECRET, "slug": "plans"})
    api.put("/chat/projects/plans/members/bob", {"role": "editor"})
    api.delete("/chat/projects/plans/members/bob")
    template = api.post("/chat/templates", {"name": SECRET}).json["id"]
    api.put(f"/chat/templates/{template}/members/bob", {"role": "viewer"})
    api.delete(f"/chat/templates/{template}/members/bob")
    given = [
        entry for entry in entries(actor=alice) if "user" in entry.detail and entry.object_type != "apitoken"
    ]
    assert [(entry.action, entry.detail.get("role")) for entry in given] == [
        (Action.MEMBER_SET, "editor"),
        (Action.MEMBER_REMOVED, None),
        (Action.TEMPLATE_GIVEN, "viewer"),
        (Action.TEMPLATE_TAKEN, None),
    ]
    assert {entry.detail["user"] for entry in given} == {str(bob.pk)}


def test_signing_in_and_out_and_failing_to_is_noted_with_the_address(client: Client, alice: User) -> None:
    wrong = {"username": "alice", "password": "wrong"}
    client.post("/login/", wrong)
    client.post("/login/", {"username": "a password in the wrong field", "password": "x"})
    client.post("/login/", {"username": "alice", "password": PASSWORD})
    client.post("/logout/")
    found = entries(action__startswith="account.")
    assert [(entry.action, entry.object_id) for entry in found] == [
        (Action.SIGN_IN_FAILED, str(alice.pk)),
        (Action.SIGN_IN_FAILED, ""),
        (Action.SIGNED_IN, str(alice.pk)),
        (Action.SIGNED_OUT, str(alice.pk)),
    ]
    assert {entry.address for entry in found} == {"127.0.0.1"}
    assert "wrong field" not in json.dumps(list(AuditEntry.objects.values()), default=str)


def test_tokens_and_the_password_are_noted_and_never_kept(client: Client, alice: User) -> None:
    client.force_login(alice)
    token = Api(alice).headers["Authorization"].removeprefix("Bearer ")
    client.post(f"/settings/tokens/{ApiToken.objects.get(user=alice).pk}/revoke/")
    new = "a wholly new secret 4"
    client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert actions(action__in=[Action.TOKEN_MADE, Action.TOKEN_REVOKED, Action.PASSWORD_CHANGED]) == [
        *(Action.TOKEN_MADE, Action.TOKEN_REVOKED, Action.PASSWORD_CHANGED)
    ]
    kept = json.dumps(list(AuditEntry.objects.values()), default=str)
    assert not [secret for secret in (token, new, PASSWORD) if secret in kept]


def test_who_looks_into_anothers_conversation_is_noted_once_in_a_while(alice: User, bob: User) -> None:
    session = shared_with(bob, Role.VIEWER, alice)
    api = Api(bob)
    for _ in range(3):
        assert api.get(f"/chat/sessions/{session.pk}").status == 200
    Api(alice).get(f"/chat/sessions/{session.pk}")
    [opened] = entries(action=Action.SESSION_OPENED)
    assert (opened.actor, opened.session_id, opened.detail) == (bob, session.pk, {"role": "viewer"})


def test_who_is_refused_is_noted_be_it_a_stranger_or_one_with_too_small_a_role(
    alice: User, bob: User, charlie: User
) -> None:
    session = shared_with(bob, Role.VIEWER, alice)
    assert Api(charlie).get(f"/chat/sessions/{session.pk}").status == 404
    assert Api(bob).delete(f"/chat/messages/{messages_of(session)[0].pk}").status == 403
    refused = entries(action=Action.SESSION_REFUSED)
    assert [(entry.actor_name, entry.detail) for entry in refused] == [
        ("charlie", {"role": None, "needed": "moderator"}),
        ("bob", {"role": "viewer", "needed": "editor"}),
    ]


def test_a_socket_and_the_admin_are_ways_in_too(alice: User, bob: User) -> None:
    session = shared_with(bob, Role.VIEWER, alice)
    headers = [(b"host", b"localhost"), (b"authorization", Api(bob).headers["Authorization"].encode())]
    path = f"/ws/chat/sessions/{session.pk}/"

    async def connect() -> None:
        socket = WebsocketCommunicator(application, path, headers=headers)
        assert (await socket.connect())[0]
        await socket.disconnect()

    async_to_sync(connect)()
    boss = make_user("boss", is_staff=True, is_superuser=True)
    admin = Client()
    admin.force_login(boss)
    assert admin.get(f"/admin/chat/session/{session.pk}/change/").status_code == 200
    opened = [(one.actor_name, one.way) for one in entries(action=Action.SESSION_OPENED)]
    assert opened == [("bob", "socket"), ("boss", "admin")]


def test_what_moderators_decide_and_the_admin_changes_is_noted(alice: User, bob: User) -> None:
    session = shared_with(bob, Role.VIEWER, alice)
    report_message(message=messages_of(session)[1], reporter=bob, reason="other", detail=SECRET)
    report = Report.objects.get()
    dana = make_moderator("dana2")
    dana.is_superuser = True
    dana.save()
    browser = Client()
    browser.force_login(dana)
    browser.post("/admin/chat/report/", {"action": "resolve", "_selected_action": str(report.pk)})
    browser.post("/admin/auth/group/add/", {"name": SECRET})
    decided = entries(action=Action.REPORTS_DECIDED)
    assert [(one.actor, one.session_id, one.detail) for one in decided] == [
        (dana, session.pk, {"state": "resolved"})
    ]
    [changed] = [one for one in entries(action=Action.ADMIN_CHANGED) if one.detail["type"] == "group"]
    assert (changed.actor, changed.detail["change"]) == (dana, "added")
    assert SECRET not in json.dumps(list(AuditEntry.objects.values()), default=str)


def test_nothing_is_noted_of_a_temporary_conversation_before_it_is_kept(alice: User, charlie: User) -> None:
    api = Api(alice)
    session = str(sessions.create_session(owner=alice, is_temporary=True).pk)
    api.call("PATCH", f"/chat/sessions/{session}", {"name": "Named"})
    Api(charlie).get(f"/chat/sessions/{session}")
    assert session not in json.dumps(list(AuditEntry.objects.values()), default=str)
    client = Client()
    client.force_login(alice)
    client.post(f"/chat/{session}/keep/")
    assert actions(session_id=session) == [Action.SESSION_KEPT]


def test_what_was_rolled_back_is_not_noted(alice: User) -> None:
    session = make_session(alice)
    with transaction.atomic():
        sessions.delete_session(session=session)
        assert actions(session_id=session.pk) == [Action.SESSION_DELETED]
        transaction.set_rollback(True)
    assert actions(session_id=session.pk) == []


# What these change is one's own view of things, a message that is its own record, or a part of what is noted.
NOT_NOTED = {
    *("save_draft", "drop_draft", "save_preferences", "save_shortcuts", "mark_seen", "note_use"),
    *("send_message", "resend_message", "regenerate_reply", "append_parts", "answer_now"),
    *("line_up", "merge_replies", "ask_beside"),
    *("stop_reply", "activate_message", "add_reaction", "remove_reaction", "toggle_reaction"),
    *("add_attachment", "checked_attachment", "drop_attachment", "count_message", "timed_search"),
    *("count_tool_call", "admit_request", "admit_requests", "check_quotas"),
    *("annotate_span", "annotate_passage", "edit_annotation", "delete_annotation", "restore_annotation"),
    *("leave_session", "stay_in_session", "end_session", "end_all"),
    *("cancel_summary", "put_summary"),
    *("bring_in_conversation", "import_archive"),
}


def test_every_verb_of_the_services_is_noted_or_listed_here() -> None:
    """By their source: a verb takes its arguments by name alone, and notes by itself or by what it calls."""
    functions = {
        function.name: function
        for path in (*(Path(audit.__file__).parent / "services").glob("*.py"), Path(orders.__file__))
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    calls = {
        name: {
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(function)
            if isinstance(node, ast.Name | ast.Attribute)
        }
        for name, function in functions.items()
    }
    noting = {name for name, called in calls.items() if {"audit", "note"} <= called}
    while more := {name for name, called in calls.items() if called & noting} - noting:
        noting |= more
    verbs = {
        name
        for name, function in functions.items()
        if function.args.kwonlyargs and not function.args.args and not name.startswith("_")
    }
    assert sorted(verbs - noting) == sorted(NOT_NOTED)


def test_commands_are_noted_without_a_person(alice: User) -> None:
    call_command("create_user", "erin", password=PASSWORD)
    [made] = entries(action=Action.ACCOUNT_MADE)
    assert (made.actor, made.way, made.address) == (None, "", None)


def test_it_outlives_the_account_and_goes_after_400_days(alice: User, bob: User) -> None:
    sessions.delete_session(session=make_session(bob))
    audit.note(Action.SIGNED_IN, bob, actor=bob)
    bob.delete()
    [kept] = entries(action=Action.SIGNED_IN)
    assert (kept.actor, kept.actor_name) == (None, "bob")
    assert not audit.is_due()
    old = first_id_at(timezone.now() - audit.KEPT - timedelta(days=1))
    AuditEntry.objects.filter(pk=kept.pk).update(id=old)
    assert (audit.is_due(), audit.sweep(), audit.is_due()) == (True, 1, False)
    assert entries(action=Action.SESSION_DELETED)
