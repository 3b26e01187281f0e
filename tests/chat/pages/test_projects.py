"""Projects in the pages: made, filled, shared, and put away.

Proves C7.
"""

from __future__ import annotations

import html
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Project, ProjectMember, Role, Session, User
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import add_member, make_project, make_session, make_user


@pytest.fixture
def project(alice: User) -> Project:
    return make_project(alice, name="The harbour", slug="harbour")


def test_one_is_made_and_changed(page: Client) -> None:
    made = page.post("/projects/new/", {"name": "Docks & Cranes", "instructions": "Be brief."}, follow=True)
    assert "Docks &amp; Cranes" in text_of(made)
    page.post("/projects/p/docks-cranes/edit/", {"name": "Docks", "description": "All of them"})
    project = Project.objects.get()
    assert (project.name, project.description, project.instructions) == ("Docks", "All of them", "")
    assert "Docks" in text_of(page.get("/projects/"))


def test_what_will_not_do_is_told_and_stays(page: Client, htmx: Ask) -> None:
    refused = page.post("/projects/new/", {"name": " ", "instructions": "Be brief."})
    assert refused.status_code == 422
    assert "A project needs a name." in text_of(refused)
    assert "Be brief.</textarea>" in text_of(refused)
    assert htmx("/projects/new/", {"name": ""})["HX-Retarget"] == "#project-error"
    assert not Project.objects.exists()


def test_its_owner_is_told_how_to_share_it_and_others_who_takes_part(
    page: Client, client: Client, project: Project, bob: User
) -> None:
    assert "Share</a>" in text_of(page.get("/projects/p/harbour/"))
    add_member(project, bob, Role.VIEWER)
    client.force_login(bob)
    for one in (page, client):
        assert "2 people</a>" in text_of(one.get("/projects/p/harbour/"))


def test_the_first_message_on_its_page_makes_a_conversation_in_it(page: Client, project: Project) -> None:
    assert 'name="project" value="harbour"' in text_of(page.get("/projects/p/harbour/"))
    page.post("/send/", {"content": "How many cranes are there?", "project": "harbour"})
    assert Session.objects.get().project == project
    assert "How many cranes are..." in text_of(page.get("/projects/p/harbour/"))
    assert 'href="/projects/p/harbour/"' in text_of(page.get(f"/chat/{Session.objects.get().id}/"))


def test_one_who_may_only_read_cannot_begin_there(client: Client, project: Project, bob: User) -> None:
    add_member(project, bob, Role.VIEWER)
    client.force_login(bob)
    assert 'id="composer"' not in text_of(client.get("/projects/p/harbour/"))
    assert client.post("/send/", {"content": "Hello", "project": "harbour"}).status_code == 403
    assert not Session.objects.exists()


def test_a_conversation_moves_in_and_out(page: Client, htmx: Ask, project: Project, alice: User) -> None:
    session = make_session(alice, name="Cranes")
    assert "The harbour" in text_of(page.get(f"/chat/{session.id}/project/"))
    moved = htmx(f"/chat/{session.id}/project/", {"project": "harbour"})
    assert "Moved to “The harbour”." in text_of(moved)
    assert "Cranes" in text_of(page.get("/projects/p/harbour/"))
    htmx(f"/chat/{session.id}/project/", {"project": ""})
    session.refresh_from_db()
    assert session.project is None
    assert htmx(f"/chat/{session.id}/project/", {"project": "nowhere"}).status_code == 404


def test_many_move_at_once_and_each_goes_back_to_where_it_was(
    page: Client, htmx: Ask, project: Project, alice: User
) -> None:
    docks = make_project(alice, name="Docks", slug="docks")
    sessions = [make_session(alice, project=where) for where in (None, docks, project)]
    ids = [str(session.pk) for session in sessions]
    offered = text_of(page.get("/chat/bulk/project/"))
    assert "Docks" in offered
    assert " checked" not in offered  # nothing is moved that nobody chose a place for
    told = text_of(htmx("/chat/bulk/", {"action": "move", "session_ids": ids, "project": "harbour"}))
    assert "3 conversations moved to “The harbour”." in told
    assert Session.objects.filter(project=project).count() == 3
    back = json.loads(html.unescape(told.split('hx-vals="')[1].split('"')[0]))
    assert "3 conversations are where they were." in text_of(htmx("/chat/bulk/", back))
    assert [Session.objects.get(pk=one.pk).project for one in sessions] == [None, docks, project]
    htmx("/chat/bulk/", {"action": "move", "session_ids": ids, "project": ""})
    assert Session.objects.filter(project=None).count() == 3


def test_what_somebody_was_at_meanwhile_is_left_on_the_way_back(
    htmx: Ask, project: Project, alice: User
) -> None:
    docks, pier = (make_project(alice, name=name, slug=name) for name in ("docks", "pier"))
    before = [None, docks, pier, None]
    sessions = [make_session(alice, project=where) for where in before]
    ids = [str(session.pk) for session in sessions]
    told = text_of(htmx("/chat/bulk/", {"action": "move", "session_ids": ids, "project": "harbour"}))
    back = json.loads(html.unescape(told.split('hx-vals="')[1].split('"')[0]))
    Session.objects.filter(pk=ids[0]).update(deleted_at=timezone.now())  # deleted
    pier.members.all().delete()  # no project of Alice's any more
    Session.objects.filter(pk=ids[3]).update(project=docks)  # moved elsewhere
    told = text_of(htmx("/chat/bulk/", back))
    assert "1 conversation is where it was. 3 were left as they are" in told
    after = [Session.objects.get(pk=key).project for key in ids]
    assert after == [project, docks, project, docks]
    assert "4 were left as they are" in text_of(htmx("/chat/bulk/", back))


def test_of_many_none_moves_where_one_may_not(htmx: Ask, project: Project, alice: User, bob: User) -> None:
    theirs = make_project(bob, slug="theirs")
    add_member(theirs, alice, Role.VIEWER)
    own, thread = make_session(alice), make_session(alice, project=project, scope_type="spec", scope_id="1")
    shared = make_session(bob, project=project)
    for sessions, slug, status in (
        ([own], "theirs", 403),
        ([own], "nowhere", 404),
        ([own, thread], "", 422),
        ([own], None, 422),
        ([own, make_session(bob)], "harbour", 404),
    ):
        values = {"action": "move", "session_ids": [str(one.pk) for one in sessions]}
        values |= {} if slug is None else {"project": slug}
        assert htmx("/chat/bulk/", values).status_code == status
    values = {"action": "move", "session_ids": [str(thread.pk)], "project": "", "asked": "1"}
    assert htmx("/chat/bulk/", values)["HX-Retarget"] == "#move-error"
    assert Session.objects.get(pk=own.pk).project is None
    assert Session.objects.get(pk=shared.pk).project == project


def test_people_are_let_in_and_taken_out(htmx: Ask, project: Project, bob: User) -> None:
    members = "/projects/p/harbour/members/"
    assert "bob" in text_of(htmx(members, {"username": "bob", "role": "commenter"}))
    assert ProjectMember.objects.get(user=bob).role == Role.COMMENTER
    htmx(members, {"username": "bob", "role": "editor"})
    assert ProjectMember.objects.get(user=bob).role == Role.EDITOR
    unknown = htmx(members, {"username": "nobody", "role": "editor"})
    assert (unknown.status_code, unknown["HX-Retarget"]) == (422, "#member-error")
    htmx(f"{members}remove/", {"username": "bob"})
    assert not ProjectMember.objects.filter(user=bob).exists()
    last = htmx(f"{members}remove/", {"username": "alice"})
    assert (last.status_code, "needs an owner" in text_of(last)) == (409, True)


def test_it_is_put_away_with_its_conversations_kept_and_brought_back(
    page: Client, htmx: Ask, project: Project, alice: User
) -> None:
    session = make_session(alice, name="Cranes", project=project)
    gone = htmx("/projects/p/harbour/delete/")
    assert "/projects/p/harbour/restore/" in text_of(gone)
    assert page.get("/projects/p/harbour/").status_code == 404
    assert "The harbour" not in text_of(page.get(f"/chat/{session.id}/"))
    htmx("/projects/p/harbour/restore/")
    assert "Cranes" in text_of(page.get("/projects/p/harbour/"))


def test_its_list_is_read_page_by_page_and_narrowed(page: Client, project: Project, alice: User) -> None:
    for number in range(35):
        make_session(alice, name=f"Crane {number:02}", project=project)
    first = text_of(page.get("/projects/p/harbour/"))
    cursor = first.split("?cursor=")[1].split('"')[0]
    second = text_of(page.get(f"/projects/p/harbour/?cursor={cursor}"))
    names = {f"Crane {number:02}" for number in range(35)}
    pages = [html.split('id="project-list"')[1] for html in (first, second)]
    found = [{name for name in names if f"{name}<" in html} for html in pages]
    assert (len(found[0]), len(found[1]), found[0] | found[1]) == (30, 5, names)
    narrowed = text_of(page.get("/projects/p/harbour/?q=crane+07")).split('id="project-list"')[1]
    assert [narrowed.count('class="line"'), narrowed.count("<mark>")] == [1, 2]


def test_its_page_and_the_list_cost_the_same_however_much_there_is(
    page: Client, project: Project, alice: User
) -> None:
    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page.get(url).status_code == 200
        return len(queries)

    def grow(number: int) -> None:
        add_member(project, make_user(f"user{number}"), Role.VIEWER)
        add_member(make_project(alice, slug=f"p{number}"), make_user(f"other{number}"), Role.VIEWER)
        make_session(User.objects.get(username=f"user{number}"), project=project)

    urls = ("/projects/", "/projects/p/harbour/", "/projects/p/harbour/members/")
    grow(0)
    before = [cost(url) for url in urls]
    for number in range(1, 6):
        grow(number)
    assert [cost(url) for url in urls] == before
    assert min(before) > 0
