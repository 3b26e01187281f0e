"""C7: conversations belong to a project or to none; a project lists its own, to those who take part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.api.inputs import SessionFilters
from chat.api.projects import _list as list_projects
from chat.api.session_list import find_sessions
from chat.models import Project, Role, Session, User
from chat.wire import project_json
from tests.chat.api.client import Api, session_path
from tests.factories import add_member, make_project, make_session, make_user

PROJECTS = "/chat/projects"


@pytest.fixture
def collaborator(bob: User) -> Api:
    return Api(bob)


def names(api: Api, **query: Any) -> list[str]:
    return [one["name"] for one in api.get("/chat/sessions", **query).json["items"]]


def test_a_project_is_made_read_changed_put_away_and_brought_back(api: Api) -> None:
    made = api.post(PROJECTS, {"name": "The harbour", "instructions": "Be brief."})
    assert (made.status, made.json["slug"], made.json["role"]) == (201, "the-harbour", "owner")
    path = f"{PROJECTS}/the-harbour"
    assert api.get(path).json == made.json
    assert api.patch(path, {"description": "Cranes"}).json["instructions"] == "Be brief."
    assert api.put(path, {"name": "Docks"}).json["description"] == ""
    assert api.delete(path).status == 204
    assert (api.get(path).status, api.get(PROJECTS).json["items"]) == (404, [])
    assert api.post(f"{path}/restore").json["name"] == "Docks"


@pytest.mark.parametrize("name", ["%00", "a%00b", "%ED%A0%80", "x" * 3000])
def test_a_name_that_nobody_can_have_is_nobodys(api: Api, alice: User, client: Client, name: str) -> None:
    """PostgreSQL takes no NUL, not even to look for it."""
    project = make_project(alice)
    client.force_login(alice)
    for path in (f"{PROJECTS}/{name}", f"{PROJECTS}/{project.slug}/members/{name}"):
        assert api.delete(path).status == 404
    assert client.get(f"/projects/p/{name}/").status_code == 404
    members = f"/projects/p/{project.slug}/members/"
    for path in (members, f"{members}remove/"):
        assert client.post(path, {"username": unquote(name), "role": "viewer"}).status_code == 422


def test_who_is_taken_out_while_it_is_read_is_told_the_least(alice: User) -> None:
    project = make_project(alice)
    project.members.all().delete()
    assert project_json(project, alice)["role"] == Role.VIEWER


def test_a_session_is_made_in_a_project_and_moves(api: Api) -> None:
    made = api.post("/chat/sessions", {"name": "One", "project": "roadmap"}).json
    assert made["project"] == "roadmap"
    assert (names(api, project="roadmap"), names(api, project="other")) == (["One"], [])
    path = session_path(made["id"])
    assert api.put(path, {"name": "Two"}).json["project"] == "roadmap"
    assert api.patch(path, {"project": "other"}).json["project"] == "other"
    assert (names(api, project="roadmap"), names(api, project="other")) == ([], ["Two"])
    assert api.patch(path, {"project": None}).json["project"] is None


def test_members_see_its_sessions_and_strangers_do_not(
    api: Api, collaborator: Api, stranger: Api, bob: User
) -> None:
    api.post("/chat/sessions", {"name": "Ours", "project": "roadmap"})
    api.post("/chat/sessions", {"name": "Mine"})
    assert names(collaborator) == []
    assert api.put(f"{PROJECTS}/roadmap/members/bob", {"role": "viewer"}).status == 200
    assert names(collaborator) == names(collaborator, project="roadmap") == ["Ours"]
    assert names(stranger) == names(stranger, project="roadmap") == []
    assert stranger.get(f"{PROJECTS}/roadmap").status == 404
    assert stranger.post("/chat/sessions", {"project": "roadmap"}).status == 404
    assert collaborator.post("/chat/sessions", {"project": "roadmap"}).status == 403
    assert api.delete(f"{PROJECTS}/roadmap/members/bob").status == 204
    assert names(collaborator) == []


def test_only_owners_say_who_takes_part_and_anybody_may_leave(api: Api, collaborator: Api, bob: User) -> None:
    project = make_project(User.objects.get(username="alice"), slug="roadmap")
    add_member(project, bob, Role.EDITOR)
    add_member(project, make_user("erin"), Role.VIEWER)
    members = f"{PROJECTS}/roadmap/members"
    assert collaborator.put(f"{members}/bob", {"role": "owner"}).status == 403
    assert collaborator.delete(f"{members}/erin").status == 403
    assert collaborator.patch(f"{PROJECTS}/roadmap", {"name": "Mine"}).status == 403
    assert collaborator.delete(f"{members}/bob").status == 204
    assert api.put(f"{members}/nobody", {"role": "viewer"}).status == 404


def test_a_project_keeps_an_owner(api: Api, bob: User) -> None:
    project = make_project(User.objects.get(username="alice"), slug="roadmap")
    members = f"{PROJECTS}/roadmap/members"
    for refused in (api.put(f"{members}/alice", {"role": "viewer"}), api.delete(f"{members}/alice")):
        assert (refused.status, refused.json["type"]) == (409, "/api/problems/conflict")
    add_member(project, bob, Role.OWNER)
    assert api.delete(f"{members}/alice").status == 204


def test_who_may_not_move_a_session_is_told_so(api: Api, collaborator: Api, bob: User) -> None:
    made = api.post("/chat/sessions", {"project": "roadmap"}).json
    add_member(Project.objects.get(), bob, Role.EDITOR)
    path = session_path(made["id"])
    assert collaborator.patch(path, {"name": "Named", "project": "roadmap"}).status == 200
    assert collaborator.patch(path, {"project": None}).status == 403
    assert Session.objects.get().project is not None


def test_a_thread_stays_in_its_project(api: Api) -> None:
    thread = api.put("/chat/threads/roadmap/spec/42").json
    refused = api.patch(session_path(thread["id"]), {"project": None})
    assert (refused.status, list(refused.json["errors"])) == (422, ["project"])


def test_what_is_in_a_project_that_was_put_away_is_its_owners_alone(
    api: Api, collaborator: Api, bob: User
) -> None:
    made = api.post("/chat/sessions", {"project": "roadmap"}).json
    add_member(Project.objects.get(), bob, Role.OWNER)
    api.delete(f"{PROJECTS}/roadmap")
    assert (api.get(session_path(made["id"])).json["project"], names(collaborator)) == (None, [])
    assert collaborator.get(session_path(made["id"])).status == 404
    api.post(f"{PROJECTS}/roadmap/restore")
    assert collaborator.get(session_path(made["id"])).json["project"] == "roadmap"


def test_a_slug_is_one_projects(api: Api) -> None:
    assert api.post(PROJECTS, {"name": "A", "slug": "x"}).status == 201
    taken = api.post(PROJECTS, {"name": "B", "slug": "x"})
    assert (taken.status, list(taken.json["errors"])) == (409, ["slug"])
    assert api.post(PROJECTS, {"name": "A", "slug": "a/b"}).status == 422
    slugs = [api.post(PROJECTS, {"name": "海港"}).json["slug"] for _ in range(3)]
    assert slugs == ["project", "project-2", "project-3"]


def test_the_lists_cost_the_same_however_long(alice: User) -> None:
    def cost(read: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert read()["items"]
        return len(queries)

    def grow(number: int) -> None:
        project = make_project(alice, slug=f"p{number}")
        add_member(project, make_user(f"user{number}"), Role.VIEWER)
        make_session(alice, project=project)

    reads: list[Callable[[], Any]] = [
        lambda: list_projects(alice, 25, ""),
        lambda: find_sessions(alice, SessionFilters()),
        lambda: find_sessions(alice, SessionFilters(project="p0")),
    ]
    grow(0)
    before = [cost(read) for read in reads]
    for number in range(1, 8):
        grow(number)
    assert all(before)
    assert [cost(read) for read in reads] == before
