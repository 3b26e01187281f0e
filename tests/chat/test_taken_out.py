"""Who is let to something, and loses it before it is locked, changes nothing in it any more.

Proves C11 and C12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chat.access import conversations
from chat.access.granting import granted
from chat.models import Project, ProjectMember, Role, Session, TemplateMember, User
from chat.models.prepared import Prepared
from chat.services.templates import save_template
from tests.chat.api.client import Api, session_path
from tests.chat.test_routes import ALL, World, needed_for
from tests.chat.test_routes import runner as runner  # noqa: PLC0414  a fixture, and so is the next
from tests.chat.test_routes import world as world  # noqa: PLC0414
from tests.factories import add_member, make_project, make_session

# What locks no conversation: it changes one's own things alone, nothing at all, or was not asked for well.
UNLOCKED = {
    *("api/chat/sessions/<uuid:session_id>/embed", "api/chat/sessions/<uuid:session_id>/merge/undo"),
    "api/chat/threads/<project>/<scope_type>/<path:scope_id>",
    *(f"chat/<uuid:session_id>/{action}/" for action in ("draft", "leave", "stay", "seen", "model")),
    *("chat/<uuid:session_id>/merge/undo/", "projects/p/<slug>/members/"),
    *("chat/<uuid:session_id>/summary/put/", "messages/<uuid:message_id>/summary/edit/"),
    *(
        f"messages/<uuid:message_id>/{action}/"
        for action in ("answer-now", "merge", "report", "resend", "take-back", "tool")
    ),
}
# A temporary conversation has no members, and this one is none.
UNSHARED = {"chat/<uuid:session_id>/end/"}


@contextmanager
def at_the_first_lock(happens: Callable[[], object]) -> Iterator[list[bool]]:
    """It happens in the transaction of the one who locks: who is refused takes it back, too."""
    lock = QuerySet.select_for_update
    locks: list[bool] = []

    def locking(rows: QuerySet[Any], *args: Any, **kwargs: Any) -> QuerySet[Any]:
        if not locks:
            locks.append(True)
            happens()
        return lock(rows, *args, **kwargs)

    def put_together_anew(prepared: Prepared[Any], *values: Any) -> list[Any]:
        prepared._put_together()
        return call(prepared, *values)

    call = Prepared.__call__
    with (
        patch.object(QuerySet, "select_for_update", locking),
        patch.object(Prepared, "__call__", put_together_anew),
    ):
        yield locks


def take_out() -> None:
    ProjectMember.objects.all().delete()


def put_away() -> None:
    Session.objects.update(deleted_at=timezone.now())
    Project.objects.update(deleted_at=timezone.now())


def give_back(members: list[ProjectMember]) -> None:
    ProjectMember.objects.bulk_create(members, ignore_conflicts=True)
    for model in (Session, Project):
        model.objects.update(deleted_at=None)


@pytest.mark.parametrize("happens", [take_out, put_away])
def test_what_is_lost_before_the_lock_is_not_written_to(world: World, happens: Callable[[], None]) -> None:
    members = list(ProjectMember.objects.all())
    written, unlocked = [], set()
    for route in ALL:
        for method, needed in needed_for(route).items():
            if method == "GET" or (happens is put_away and route.endswith(("restore", "restore/"))):
                continue
            with at_the_first_lock(happens) as locks:
                how = "token" if route.startswith("api/") else "session"
                status, _ = world.status(needed, how, method, route)
            if status != 405 and not locks:
                unlocked.add(route)
            elif status not in (404, 405) and route not in UNSHARED:
                written.append((route, method, status))
            give_back(members)
    assert written == []
    assert unlocked - UNLOCKED == {"api/chat/messages/<uuid:message_id>/reactions/<emoji>"}


def test_one_who_waited_for_the_lock_is_asked_again(alice: User, bob: User) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.EDITOR)
    session = make_session(alice, ["Hello", "Hi"], project=project)
    program, was_let_in = Api(bob), Event()

    def letting_in(*args: Any) -> Any:
        row = granted(*args)
        was_let_in.set()
        return row

    said = {"role": "user", "parts": [{"type": "text", "text": "Me too"}]}
    with patch.object(conversations, "granted", letting_in), ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Session.objects.select_for_update().get(pk=session.pk)
            take_out()
            answer = pool.submit(program.post, f"{session_path(session.pk)}/parts", said)
            assert was_let_in.wait(20)
        assert answer.result().status == 404
    assert session.messages.count() == 2


@pytest.mark.parametrize("happens", ["taken", "deleted"])
def test_a_template_that_one_lost_is_not_changed(alice: User, bob: User, happens: str) -> None:
    template = save_template(owner=alice, values={"name": "Letter"})
    TemplateMember.objects.create(template=template, user=bob, role=Role.EDITOR)
    lose: dict[str, Callable[[], object]] = {
        "taken": template.members.all().delete,
        "deleted": lambda: type(template).objects.update(deleted_at=timezone.now()),
    }
    with at_the_first_lock(lose[happens]) as locks:
        assert Api(bob).patch(f"/chat/templates/{template.id}", {"name": "Mine"}).status == 404
    assert locks
    template.refresh_from_db()
    assert template.name == "Letter"


def test_a_conversation_goes_into_no_project_that_one_lost(alice: User, bob: User) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.EDITOR)
    session = make_session(bob, ["Hello"])
    with at_the_first_lock(take_out):
        moved = Api(bob).patch(session_path(session.pk), {"project": project.slug})
    assert moved.status == 404
    session.refresh_from_db()
    assert session.project is None
