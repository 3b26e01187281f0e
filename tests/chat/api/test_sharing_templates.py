"""Templates given to people, through the API.

Proves B10.
"""

from __future__ import annotations

from typing import Any

import pytest

from chat.api import outputs
from chat.models import Template, User
from tests.chat.api.client import Api


@pytest.fixture
def letter(api: Api) -> Any:
    return api.post("/chat/templates", {"name": "Letter", "description": "Kind"}).json


@pytest.fixture
def path(letter: Any) -> str:
    return f"/chat/templates/{letter['id']}"


def test_a_viewer_uses_it_and_an_editor_changes_it(api: Api, bob: User, path: str) -> None:
    others = Api(bob)
    assert others.get(path).status == 404
    given = api.put(f"{path}/members/bob", {"role": "viewer"}).json
    outputs.Template.model_validate(given)
    assert (given["role"], given["members"]) == ("owner", [{"username": "bob", "role": "viewer"}])
    assert others.get(path).json["role"] == "viewer"
    assert [one["name"] for one in others.get("/chat/templates").json["items"]] == ["Letter"]
    assert others.post("/chat/sessions", {"template": path.split("/")[-1]}).status == 201
    for answer in (
        others.patch(path, {"name": "Mine"}),
        others.put(path, {"name": "Mine"}),
        others.get(f"{path}/versions"),
        others.post(f"{path}/versions/1/restore"),
        others.delete(path),
        others.put(f"{path}/members/bob", {"role": "editor"}),
    ):
        assert answer.status == 403
    api.put(f"{path}/members/bob", {"role": "editor"})
    assert others.patch(path, {"name": "Note"}).json["role"] == "editor"
    assert [one["author"] for one in others.get(f"{path}/versions").json["items"]] == ["bob", "alice"]
    assert others.delete(path).status == 403


def test_an_editor_leaves_it_to_the_owner_for_whom_it_is(dana: User, bob: User) -> None:
    owner, editor = Api(dana), Api(bob)
    path = f"/chat/templates/{owner.post('/chat/templates', {'name': 'House', 'shared': True}).json['id']}"
    assert (editor.get(path).json["members"], editor.patch(path, {"name": "X"}).status) == ([], 404)
    owner.put(f"{path}/members/bob", {"role": "editor"})
    assert editor.put(path, {"name": "House style"}).json["shared"] is True
    refused = editor.put(path, {"name": "House style", "shared": False})
    assert (refused.status, list(refused.json["errors"])) == (422, ["shared"])
    assert owner.put(path, {"name": "House style"}).json["shared"] is False


def test_one_gives_it_up_or_it_is_taken_away(api: Api, bob: User, stranger: Api, path: str) -> None:
    others = Api(bob)
    api.put(f"{path}/members/bob", {"role": "viewer"})
    assert others.delete(f"{path}/members/alice").status == 403
    assert others.delete(f"{path}/members/bob").status == 204
    assert others.get(path).status == 404
    api.put(f"{path}/members/bob", {"role": "viewer"})
    assert stranger.delete(f"{path}/members/bob").status == 404
    assert api.delete(f"{path}/members/bob").status == 204
    assert (others.get(path).status, others.get("/chat/templates").json["items"]) == (404, [])


@pytest.mark.parametrize(
    ("username", "role", "status"),
    [("bob", "owner", 422), ("bob", "commenter", 422), ("alice", "viewer", 422), ("nobody", "viewer", 404)],
)
def test_what_makes_no_sense_is_refused(
    api: Api, bob: User, path: str, username: str, role: str, status: int
) -> None:
    assert api.put(f"{path}/members/{username}", {"role": role}).status == status
    assert not Template.objects.get().members.exists()
    assert api.delete(f"{path}/members/{username}").status in (404, 422)
