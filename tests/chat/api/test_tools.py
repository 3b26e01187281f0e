"""A program sees which tools there are, switches them, and answers a call that waits for a person.

Proves B25, E1 and F8.
"""

from __future__ import annotations

import pytest
from django.test import Client

from chat.api import outputs
from chat.models import Generation, Message, Role, Session, ToolServer, User
from chat.services.templates import save_template
from chat.services.tools import choose_tools
from tests.chat.api.client import Api, session_path
from tests.chat.tools.given import make_server
from tests.factories import add_member, add_message, make_project, make_session, messages_of, note_sent

CALL = {
    "type": "tool-call", "state": "pending", "id": "c1", "name": "Library__delete", "title": "delete",
    "server": "Library", "arguments": {"what": "all"}, "at": [0, 0],
}  # fmt: skip


@pytest.fixture
def session(alice: User, bob: User) -> Session:
    project = make_project(alice)
    add_member(project, bob, Role.EDITOR)
    return make_session(alice, ["Wipe it"], project=project)


@pytest.fixture
def reply(session: Session, alice: User) -> Message:
    """One that waits for Alice’s word."""
    [question] = messages_of(session)
    made = add_message(session, question, "", parts=[CALL], status="pending", author=None)
    Generation.objects.create(message=made, session=session, requested_by=alice, state="waiting")
    return made


def test_it_lists_what_one_may_use_and_nothing_of_others(api: Api, alice: User, bob: User) -> None:
    mine, site = make_server(alice, "Mine"), make_server(None, "Site", is_default=False)
    make_server(bob, "Bob’s")
    found = api.get("/chat/tools").json
    outputs.ToolServerList.model_validate(found)
    shown = {one["id"]: (one["name"], one["own"], one["on"], one["default"]) for one in found["items"]}
    assert shown.pop("parley")[1:] == (False, True, True)
    assert shown == {str(mine.pk): ("Mine", True, True, True), str(site.pk): ("Site", False, False, False)}
    tools = {tool["name"]: tool for one in found["items"] for tool in one["tools"]}
    assert (tools["Mine__look_up"]["asks"], tools["Mine__delete"]["asks"]) == (False, True)
    assert tools["Mine__look_up"]["parameters"]["required"] == ["word"]


def test_a_session_s_choice_is_read_and_set(api: Api, alice: User, session: Session) -> None:
    server = make_server(alice)
    path = f"{session_path(session.pk)}/tools"
    changed = api.patch(path, {"tools": {str(server.pk): False}}).json
    outputs.ToolSwitchList.model_validate(changed)
    assert {one["id"]: one["on"] for one in changed["items"]} == {"parley": True, str(server.pk): False}
    assert api.get(path).json == changed
    refused = api.patch(path, {"tools": {"parley": False, "nothing": True}})
    assert (refused.status, list(refused.json["errors"])) == (422, ["tools"])
    assert api.get(path).json == changed


def test_a_stranger_s_server_cannot_be_switched(api: Api, charlie: User, session: Session) -> None:
    server = make_server(charlie)
    refused = api.patch(f"{session_path(session.pk)}/tools", {"tools": {str(server.pk): True}})
    assert refused.status == 422
    assert str(server.pk) not in Session.objects.get().tools


def test_a_call_that_waits_is_allowed_and_the_reply_goes_on(api: Api, reply: Message) -> None:
    answer = api.post(f"/chat/messages/{reply.pk}/calls/c1", {"allow": True})
    outputs.Message.model_validate(answer.json)
    assert [(part["type"], part["state"]) for part in answer.json["parts"]] == [("tool-call", "running")]
    assert Generation.objects.get().state == "queued"
    again = api.post(f"/chat/messages/{reply.pk}/calls/c1", {"allow": False})
    assert (again.status, again.json["parts"]) == (200, answer.json["parts"])


def test_a_call_that_is_forbidden_says_so(api: Api, reply: Message) -> None:
    answer = api.post(f"/chat/messages/{reply.pk}/calls/c1", {"allow": False})
    called, result = answer.json["parts"]
    assert (called["state"], called["decision"], result["state"]) == ("error", "refused", "error")


def test_who_did_not_ask_is_told_that_they_cannot_allow_it(bob: User, reply: Message) -> None:
    refused = Api(bob).post(f"/chat/messages/{reply.pk}/calls/c1", {"allow": True})
    assert (refused.status, refused.json["type"].rsplit("/", 1)[-1]) == (403, "not-allowed")
    assert Generation.objects.get().state == "waiting"
    assert Api(bob).post(f"/chat/messages/{reply.pk}/calls/c1", {"allow": False}).status == 200


def test_a_call_that_there_is_not_is_not_found(api: Api, stranger: Api, reply: Message) -> None:
    assert api.post(f"/chat/messages/{reply.pk}/calls/c2", {"allow": True}).status == 404
    assert stranger.post(f"/chat/messages/{reply.pk}/calls/c1", {"allow": True}).status == 404
    assert api.post(f"/chat/messages/{reply.pk}/calls/c1", {}).status == 422


def test_what_was_sent_names_no_tools_of_somebody_else_s_servers(
    api: Api, alice: User, bob: User, session: Session
) -> None:
    make_server(alice, "Mine")
    site = make_server(None, "Site")
    reply = add_message(session, messages_of(session)[0], "Done")
    names = ["current_time", "Mine__look_up", "Mine__delete", "Site__look_up"]
    made_of = {"sections": [], "turns": 0, "files": 0, "window": 0, "reply": 0, "tools": names}
    note_sent(reply, made_of=made_of)
    Generation.objects.update(requested_by=alice)
    path = f"/chat/messages/{reply.pk}/sent"
    assert (api.get(path).json["tools"], api.get(path).json["hidden_tools"]) == (names, 0)
    told = Api(bob).get(path).json
    outputs.SentPrompt.model_validate(told)
    assert (told["tools"], told["hidden_tools"]) == (["current_time", "Site__look_up"], 2)
    ToolServer.objects.filter(pk=site.pk).delete()
    assert Api(bob).get(path).json["hidden_tools"] == 3


def test_a_template_s_choice_is_that_of_sessions_begun_from_it(api: Api, alice: User) -> None:
    server = make_server(alice)
    chosen = {"parley": False, str(server.pk): True}
    template = api.post("/chat/templates", {"name": "Quiet", "tools": chosen}).json
    assert template["tools"] == chosen
    made = api.post("/chat/sessions", {"template": template["id"]}).json
    assert Session.objects.get(pk=made["id"]).tools == chosen
    assert api.post("/chat/templates", {"name": "Bad", "tools": {"nothing": True}}).status == 422
    [version] = api.get(f"/chat/templates/{template['id']}/versions").json["items"]
    assert version["tools"] == chosen


def test_a_template_switches_nobody_else_s_servers(
    session: Session, alice: User, bob: User, client: Client
) -> None:
    hers, his = make_server(alice, "Hers"), make_server(bob, "His")
    choose_tools(session=session, user=alice, chosen={str(hers.pk): False})
    tools = {str(hers.pk): True, str(his.pk): True, "parley": False}
    template = save_template(owner=bob, values={"name": "All on", "tools": tools})
    client.force_login(bob)
    client.post(f"/templates/{template.pk}/use/", {"session": str(session.pk)})
    session.refresh_from_db()
    assert session.tools == {str(hers.pk): False, str(his.pk): True, "parley": False}
