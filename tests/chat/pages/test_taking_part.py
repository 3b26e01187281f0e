"""A project's conversation as its members see it: each finds what their role lets them do.

Proves C7 and C12.
"""

from __future__ import annotations

import pytest
from django.test import Client

from chat.models import Project, ProjectMember, Role, Session, User
from chat.services.branching import branch_session
from chat.stream import Follower
from chat.stream import watch as the_watch
from chat.stream.follower import Ended
from chat.threads import read, write
from tests.chat.pages.conftest import text_of
from tests.factories import add_member, make_project, make_session, messages_of


@pytest.fixture
def project(alice: User) -> Project:
    return make_project(alice)


@pytest.fixture
def shared(project: Project, alice: User) -> Session:
    return make_session(alice, ["Hello", "Hi"], project=project)


def seen_by(client: Client, user: User, session: Session) -> str:
    client.force_login(user)
    return text_of(client.get(f"/chat/{session.id}/"))


@pytest.mark.parametrize(
    ("role", "writes", "comments", "deletes"),
    [
        (Role.VIEWER, False, False, False),
        (Role.COMMENTER, False, True, False),
        (Role.EDITOR, True, True, False),
        (Role.OWNER, True, True, True),
    ],
)
def test_a_member_finds_what_the_role_allows(
    client: Client, shared: Session, bob: User, role: Role, writes: bool, comments: bool, deletes: bool
) -> None:
    assert shared.project
    add_member(shared.project, bob, role)
    html = seen_by(client, bob, shared)
    header, menu = html.split('id="message-menu"')
    assert "alice said" in html
    assert ("You can read this conversation" in html) != writes
    found = ('id="composer"' in html, 'data-action="clear"' in header, 'data-action="annotate"' in menu)
    assert found == (writes, writes, comments)
    assert ('data-action="delete"' in header) == deletes


def test_what_is_anothers_stands_in_no_list_of_ones_own(client: Client, shared: Session, bob: User) -> None:
    assert shared.project
    add_member(shared.project, bob, Role.EDITOR)
    client.force_login(bob)
    renamed = client.post(f"/chat/{shared.id}/rename/", {"name": "Ours"}, headers={"HX-Request": "true"})
    assert "data-session-item" not in text_of(renamed)
    assert "Ours" not in text_of(client.get("/chat/"))


def test_a_members_branch_stays_in_the_project_and_a_viewers_is_their_own(
    shared: Session, bob: User, charlie: User
) -> None:
    assert shared.project
    add_member(shared.project, bob, Role.EDITOR)
    add_member(shared.project, charlie, Role.VIEWER)
    assert branch_session(session=shared, owner=bob).project == shared.project
    assert branch_session(session=shared, owner=charlie).project is None


async def test_one_who_is_no_member_any_more_is_ended(shared: Session, bob: User) -> None:
    assert shared.project
    await read(add_member, shared.project, bob, Role.VIEWER)
    with Follower(shared.pk, bob.pk, after=0) as follower:
        await the_watch.look()
        assert await follower.take(0.1) == []
        await write(ProjectMember.objects.filter(user=bob).delete)
        await the_watch.look()
        with pytest.raises(Ended):
            await follower.take(1)


def test_files_of_a_deleted_project_are_the_owners_alone(client: Client, shared: Session, bob: User) -> None:
    assert shared.project
    add_member(shared.project, bob, Role.VIEWER)
    shared.project.deleted_at = shared.updated_at
    shared.project.save(update_fields=["deleted_at"])
    client.force_login(bob)
    assert client.get(f"/messages/{messages_of(shared)[0].id}/").status_code == 404
