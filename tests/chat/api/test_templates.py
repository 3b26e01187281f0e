"""Templates through the API: kept, changed, shared, and how a session begins with one.

Proves B10.
"""

from __future__ import annotations

import tracemalloc
from threading import current_thread
from typing import Any
from uuid import uuid4

import pytest

from chat.api import outputs
from chat.models import Generation, Template, User
from chat.services import beginnings
from chat.services.beginnings import begin_session
from chat.services.content import Draft, draft_of
from chat.services.templates import delete_template, save_template
from tests.chat.api.client import Api, session_path

LETTER = {
    "name": "Letter",
    "provider": "scripted",
    "model": "default",
    "settings": {"temperature": 0.5, "system_prompt": "You write to {{ whom }} in {{language}}."},
    "messages": [
        {"role": "assistant", "content": "Whom shall I write to?"},
        {"role": "user", "content": "To {{whom}}, please."},
    ],
    "variables": [
        {"name": "language", "label": "Language", "default": "German", "choices": ["German", "French"]},
        {"name": "unused"},
    ],
}


@pytest.fixture
def letter(api: Api) -> Any:
    answer = api.post("/chat/templates", LETTER)
    assert answer.status == 201, answer.json
    return answer.json


def test_its_variables_follow_from_its_texts(letter: Any) -> None:
    outputs.Template.model_validate(letter)
    assert [one["name"] for one in letter["variables"]] == ["whom", "language"]
    assert letter["variables"][1]["choices"] == ["German", "French"]


def test_a_session_begins_with_it_and_no_model_is_asked(api: Api, letter: Any) -> None:
    given = {"whom": "{{language}} <b>Ann</b>"}
    answer = api.post("/chat/sessions", {"template": letter["id"], "variables": given})
    assert answer.status == 201
    session = answer.json
    assert (session["provider"], session["model"], session["message_count"]) == ("scripted", "default", 2)
    assert session["settings"]["temperature"] == 0.5
    assert session["settings"]["system_prompt"] == "You write to {{language}} <b>Ann</b> in German."
    said = api.get(f"{session_path(session['id'])}/messages").json["items"]
    assert [one["content"] for one in said] == [
        "Whom shall I write to?",
        "To {{language}} <b>Ann</b>, please.",
    ]
    assert said[1]["parent_id"] == said[0]["id"]
    assert not Generation.objects.exists()
    assert api.get(f"/chat/templates/{letter['id']}").json["use_count"] == 1


def test_what_is_given_beside_it_stands_in_its_place(api: Api, letter: Any) -> None:
    body = {
        "template": letter["id"],
        "variables": {"whom": "Ann"},
        "name": "Mine",
        "settings": {"temperature": 1.0},
    }
    session = api.post("/chat/sessions", body).json
    assert (session["name"], session["settings"]["temperature"]) == ("Mine", 1.0)
    assert session["settings"]["system_prompt"] == "You write to Ann in German."


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({}, "variables.whom"),
        ({"whom": " "}, "variables.whom"),
        ({"language": "Dutch", "whom": "A"}, "variables.language"),
    ],
)
def test_what_does_not_fit_its_variables_is_refused(
    api: Api, letter: Any, variables: Any, field: str
) -> None:
    answer = api.post("/chat/sessions", {"template": letter["id"], "variables": variables})
    assert (answer.status, list(answer.json["errors"])) == (422, [field])
    assert api.get("/chat/sessions").json["items"] == []


def test_a_template_that_is_not_there_or_anothers_makes_no_session(
    api: Api, stranger: Api, letter: Any
) -> None:
    assert api.post("/chat/sessions", {"template": str(uuid4())}).status == 404
    assert stranger.post("/chat/sessions", {"template": letter["id"]}).status == 404
    assert api.post("/chat/sessions", {"template": "letter"}).status == 422
    assert (
        api.patch(session_path(api.post("/chat/sessions").json["id"]), {"template": letter["id"]}).status
        == 422
    )


def test_it_is_changed_replaced_deleted_and_brought_back(api: Api, letter: Any) -> None:
    path = f"/chat/templates/{letter['id']}"
    changed = api.patch(path, {"settings": {"temperature": 1.0}, "description": "Kind words"}).json
    assert changed["settings"]["system_prompt"] == LETTER["settings"]["system_prompt"]  # type: ignore[index]
    assert changed["description"] == "Kind words"
    replaced = api.put(path, {"name": "Short"}).json
    assert (replaced["messages"], replaced["variables"], replaced["model"]) == ([], [], None)
    assert api.delete(path).status == 204
    assert api.get(path).status == 404
    assert api.post(f"{path}/restore").json["name"] == "Short"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages.0.content"),
        ({"shared": True}, "shared"),
        ({"icon": "x"}, "icon"),
    ],
)
def test_a_bad_value_is_refused_by_name(api: Api, letter: Any, change: Any, field: str) -> None:
    answer = api.patch(f"/chat/templates/{letter['id']}", change)
    assert (answer.status, list(answer.json["errors"])) == (422, [field])


def test_what_staff_share_all_may_use_and_nobody_else_may_change(dana: User, api: Api) -> None:
    made = Api(dana).post("/chat/templates", {**LETTER, "shared": True}).json
    path = f"/chat/templates/{made['id']}"
    seen = api.get(path).json
    assert (seen["owner"], seen["own"]) == ("dana", False)
    assert api.post("/chat/sessions", {"template": made["id"], "variables": {"whom": "Ann"}}).status == 201
    for answer in (api.patch(path, {"name": "Mine"}), api.put(path, {"name": "Mine"}), api.delete(path)):
        assert answer.status == 404
    assert Template.objects.get().name == "Letter"


def test_a_stranger_sees_none(api: Api, stranger: Api, letter: Any) -> None:
    assert stranger.get("/chat/templates").json == {"items": [], "next": None}
    for answer in (
        stranger.get(f"/chat/templates/{letter['id']}"),
        stranger.delete(f"/chat/templates/{letter['id']}"),
    ):
        assert answer.status == 404


def test_the_list_goes_on_page_by_page_at_one_cost(
    api: Api, alice: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        api.post("/chat/templates", {"name": f"Template {number}"})
    with django_assert_max_num_queries(3):
        first = api.get("/chat/templates", limit=3).json
    rest = api.get("/chat/templates", limit=3, cursor=first["next"]).json
    outputs.TemplateList.model_validate(first)
    names = [one["name"] for one in [*first["items"], *rest["items"]]]
    assert names == [f"Template {number}" for number in (4, 3, 2, 1, 0)]
    assert rest["next"] is None


def test_uses_are_counted_while_it_is_changed(alice: User) -> None:
    """What is written is what was changed: not the count as it was when the form was opened."""
    template = save_template(owner=alice, values={"name": "Letter"})
    begin_session(template=template, owner=alice, values={}, messages=[])
    save_template(owner=alice, template=template, values={"name": "Note"})
    saved = Template.objects.get()
    assert (saved.name, saved.use_count) == ("Note", 1)


def test_one_that_was_put_away_meanwhile_stays_away(alice: User) -> None:
    template = save_template(owner=alice, values={"name": "Letter"})
    delete_template(template=Template.objects.get())
    save_template(owner=alice, template=template, values={"name": "Note"})
    assert Template.objects.get().deleted_at is not None


def test_two_who_change_different_settings_both_have_their_way(alice: User) -> None:
    template = save_template(owner=alice, values={"name": "Letter"})
    for change in ({"temperature": 1.5}, {"max_tokens": 7}):
        save_template(owner=alice, template=template, values={"settings": change}, is_merge=True)
    assert Template.objects.get().settings == {"temperature": 1.5, "max_tokens": 7}


@pytest.mark.parametrize("where", ["messages", "settings"])
def test_what_would_grow_beyond_measure_is_refused_before_it_is_made(api: Api, where: str) -> None:
    text = "{{a}}" * 20_000
    body: dict[str, Any] = {"name": "Bomb"}
    body |= {"settings": {"system_prompt": text}}
    if where == "messages":
        body = {"name": "Bomb", "messages": [{"role": "user", "content": text}]}
    template = api.post("/chat/templates", body).json["id"]
    tracemalloc.start()
    answer = api.post("/chat/sessions", {"template": template, "variables": {"a": "x" * 20_000}})
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert (answer.status, list(answer.json["errors"])) == (422, ["variables"])


def test_its_messages_are_rendered_while_others_write(
    api: Api, letter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    def noted(text: str) -> Draft:
        threads.append(current_thread().name.split("-")[0])
        return draft_of(text)

    monkeypatch.setattr(beginnings, "draft_of", noted)
    given = {"template": letter["id"], "variables": {"whom": "Ann"}}
    assert api.post("/chat/sessions", given).status == 201
    assert threads == ["read", "read"]
