"""Every route and socket, as everybody: what is whose, and none that is not in this list.

Proves C12.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib import admin
from django.test import AsyncClient
from django.urls import URLPattern, URLResolver, get_resolver

from chat.models import ApiToken, Extract, Role, User
from chat.routing import websocket_urlpatterns
from chat.services.providers import save_provider
from chat.services.reports import report_message
from chat.services.templates import save_template
from config.asgi import application
from tests.chat.tools.given import make_server
from tests.factories import (
    add_member,
    add_message,
    make_annotation,
    make_attachment,
    make_export,
    make_import,
    make_moderator,
    make_project,
    make_session,
    make_summary,
    make_token,
    make_user,
    messages_of,
    note_sent,
)


class Access(Enum):
    PUBLIC = "everybody"
    OWN = "everybody who is logged in, and each sees their own"
    OWNERS = "the owner of the object; to others it is not there"
    STAFF = "staff"


PUBLIC, OWN, OWNERS, STAFF = Access.PUBLIC, Access.OWN, Access.OWNERS, Access.STAFF
MODERATOR, VIEWER, COMMENTER, EDITOR, OWNER = Role
# Who may: a kind of people, or those with that role in the conversation, for each method where they differ.
Needs = Access | Role | dict[str, Role]
SESSION, MESSAGE, ANNOTATION = "<uuid:session_id>", "<uuid:message_id>", "<uuid:annotation_id>"

TEMPLATE = "chat/templates/<uuid:template_id>"
API: dict[str, Needs] = {
    "": PUBLIC,
    "openapi.json": PUBLIC,
    "docs": PUBLIC,
    "chat/sessions": OWN,
    f"chat/sessions/{SESSION}": {"GET": MODERATOR, "PUT": EDITOR, "PATCH": EDITOR, "DELETE": OWNER},
    **{f"chat/sessions/{SESSION}/{action}": EDITOR for action in ("parts", "embed")},
    "chat/threads/<project>/<scope_type>/<path:scope_id>": VIEWER,
    "chat/projects": OWN,
    "chat/projects/<slug>": {"GET": VIEWER, "PUT": OWNER, "PATCH": OWNER, "DELETE": OWNER},
    "chat/projects/<slug>/restore": OWNER,
    "chat/projects/<slug>/members/<username>": OWNER,
    f"chat/sessions/{SESSION}/messages": {"GET": MODERATOR, "POST": EDITOR},
    f"chat/sessions/{SESSION}/stream": MODERATOR,
    **{f"chat/sessions/{SESSION}/{action}": VIEWER for action in ("branch", "duplicate")},
    **{f"chat/sessions/{SESSION}/{action}": EDITOR for action in ("clear", "clear/undo", "stop")},
    **{f"chat/sessions/{SESSION}/{action}": EDITOR for action in ("merge", "merge/undo")},
    f"chat/sessions/{SESSION}/compare/<uuid:other_id>": VIEWER,
    f"chat/sessions/{SESSION}/summarize": {"GET": MODERATOR, "POST": EDITOR, "DELETE": EDITOR},
    **dict.fromkeys((f"chat/sessions/{SESSION}/suggest/{kind}" for kind in ("title", "tags")), EDITOR),
    f"chat/messages/{MESSAGE}/sent": MODERATOR,
    "chat/tools": OWN,
    f"chat/sessions/{SESSION}/tools": EDITOR,
    f"chat/messages/{MESSAGE}/calls/<call_id>": EDITOR,
    f"chat/sessions/{SESSION}/restore": OWNER,
    f"chat/messages/{MESSAGE}": {"GET": MODERATOR, "PUT": EDITOR, "DELETE": EDITOR},
    **{
        f"chat/messages/{MESSAGE}/{action}": EDITOR
        for action in ("restore", "regenerate", "merge", "activate")
    },
    f"chat/messages/{MESSAGE}/reactions/<emoji>": COMMENTER,
    f"chat/messages/{MESSAGE}/annotations": COMMENTER,
    f"chat/messages/{MESSAGE}/annotations/{ANNOTATION}": OWNERS,
    f"chat/messages/{MESSAGE}/annotations/{ANNOTATION}/restore": OWNERS,
    "chat/attachments": OWN,
    "chat/search": OWN,
    **dict.fromkeys(("usage", "usage/limits"), OWN),
    "chat/attachments/<uuid:attachment_id>": OWNERS,
    f"chat/sessions/{SESSION}/export": VIEWER,
    "chat/export/bulk": OWN,
    "chat/exports/schema": PUBLIC,
    **{f"chat/exports/<uuid:export_id>{action}": OWNERS for action in ("", "/download", "/link")},
    "chat/exports": OWN,
    "chat/imports": OWN,
    "chat/imports/<uuid:import_id>": OWNERS,
    "chat/templates": OWN,
    **{f"chat/templates/<uuid:template_id>{action}": OWNERS for action in ("", "/restore")},
    **dict.fromkeys((f"{TEMPLATE}/versions", f"{TEMPLATE}/members/<username>"), OWNERS),
    **{f"{TEMPLATE}/versions/<int:number>{action}": OWNERS for action in ("", "/restore")},
}
PAGES: dict[str, Needs] = {
    **dict.fromkeys(("setup/", "login/", "logout/"), PUBLIC),
    **dict.fromkeys(("", "send/", "draft/", "files/", "password/", "chat/", "emojis/", "picture-from/"), OWN),
    **dict.fromkeys(("chat/tags/", "chat/bulk/", "chat/bulk/tags/", "chat/bulk/project/"), OWN),
    **dict.fromkeys((f"templates/{action}" for action in ("", "new/", "variables/", "options/")), OWN),
    **{
        f"templates/<uuid:template_id>/{action}/": OWNERS
        for action in (
            *("edit", "use", "duplicate", "delete", "restore", "versions", "versions/<int:number>/restore"),
            *("people", "people/remove"),
        )
    },
    **dict.fromkeys(("commands/", "commands/help/", "commands/complete/"), OWN),
    **{f"chat/{SESSION}/{action}": MODERATOR for action in ("", "older/", "newer/", "find/", "map/")},
    **{f"chat/{SESSION}/{action}/": VIEWER for action in ("seen", "branch", "duplicate", "compare")},
    **{f"chat/{SESSION}/compare/<uuid:other_id>/{action}": VIEWER for action in ("", "common/")},
    **{f"chat/{SESSION}/{action}/": EDITOR for action in ("merge", "merge/undo")},
    f"chat/{SESSION}/context/": MODERATOR,
    f"chat/{SESSION}/summary/": {"GET": MODERATOR, "POST": EDITOR},
    **{f"chat/{SESSION}/summary/{action}/": EDITOR for action in ("cancel", "put")},
    **{f"messages/{MESSAGE}/summary/{action}/": EDITOR for action in ("edit", "redo", "remove")},
    **dict.fromkeys((f"chat/{SESSION}/suggest/{kind}/" for kind in ("title", "tags")), EDITOR),
    f"messages/{MESSAGE}/compare/<uuid:sibling_id>/": MODERATOR,
    **{
        f"chat/{SESSION}/{action}/": EDITOR
        for action in (
            *(
                "send",
                "draft",
                "stop",
                "rename",
                "settings",
                "estimate",
                "model",
                "tools",
                "star",
                "archive",
                "tags",
                "clear",
            ),
            *("clear/undo", "preset"),
        )
    },
    **{
        f"chat/{SESSION}/{action}/": OWNER for action in ("keep", "end", "leave", "stay", "delete", "restore")
    },
    **{f"messages/{MESSAGE}/{action}": MODERATOR for action in ("", "sent/", "history/", "alternatives/")},
    **{f"messages/{MESSAGE}/{action}/": VIEWER for action in ("source", "branch", "report")},
    **{f"messages/{MESSAGE}/{action}/": COMMENTER for action in ("react", "annotate")},
    **{
        f"messages/{MESSAGE}/{action}/": EDITOR
        for action in (
            *("edit", "resend", "regenerate", "activate", "take-back", "answer-now", "models", "delete"),
            *("restore", "tool", "beside", "merge"),
        )
    },
    **{
        f"messages/{MESSAGE}/annotations/{ANNOTATION}/{action}/": OWNERS
        for action in ("edit", "delete", "restore")
    },
    **{f"chat/{SESSION}/export/{action}": VIEWER for action in ("", "preview/", "preview/page/")},
    f"messages/{MESSAGE}/export/": VIEWER,
    **{f"exports/{action}": OWN for action in ("", "choose/", "many/")},
    **{
        f"exports/<uuid:export_id>/{action}": OWNERS
        for action in ("", "file/", "link/", "unlink/", "again/", "end/")
    },
    **{f"exports/from/<str:token>/{action}": PUBLIC for action in ("", "file/")},  # who has the link
    "imports/": OWN,
    **dict.fromkeys(("usage/", "usage/usage.csv", "usage/estimate/"), OWN),
    **{f"imports/<uuid:import_id>/{action}": OWNERS for action in ("", "report/", "end/")},
    f"chat/{SESSION}/project/": OWNER,
    **dict.fromkeys(("projects/", "projects/new/"), OWN),
    "projects/p/<slug>/": VIEWER,
    **{f"projects/p/<slug>/{action}/": OWNER for action in ("edit", "delete", "restore")},
    "projects/p/<slug>/members/": {"GET": VIEWER, "POST": OWNER},
    "projects/p/<slug>/members/remove/": OWNER,
    **{f"trash/{part}": OWN for part in ("", "messages/", "projects/", "change/", "empty/")},
    "embed/<str:token>/": PUBLIC,  # who has a token that was signed here
    "palette/": OWN,
    "search/": OWN,
    "search/complete/": OWN,
    "settings/": OWN,
    **{f"settings/{section}/": OWN for section in ("appearance", "theme", "region", "keyboard", "keys")},
    **{f"settings/{section}/": OWN for section in ("extras", "account", "tokens")},
    "settings/tokens/<uuid:token_id>/revoke/": OWNERS,
    "settings/providers/": OWN,
    "settings/providers/key/<str:name>/": OWN,
    **{f"settings/providers/<str:scope>/{action}/": OWN for action in ("new", "try")},
    **{
        f"settings/providers/<str:scope>/p/<str:name>/{action}": OWNERS
        for action in ("", "try/", "remove/", "models/", "models/fetch/", "models/correct/")
    },
    **{f"files/<uuid:attachment_id>/{action}": OWNERS for action in ("", "remove/", "state/", "text/")},
    **{f"settings/tools/{action}": OWN for action in ("", "new/", "import/")},
    **{
        f"settings/tools/<uuid:server_id>/{action}": OWNERS
        for action in ("", "edit/", "try/", "policies/", "run/", "remove/")
    },
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": STAFF,
}
ROUTES = {**{f"api/{path}": needs for path, needs in API.items()}, **PAGES}
SOCKETS: dict[str, Needs] = {"ws/chat/": OWN, f"ws/chat/sessions/{SESSION}/": MODERATOR}
HOW = ("token", "session")
# What is valid where an empty object is not: who may not is told so, not what is wrong with it.
BODIES: dict[str, Any] = {
    "/parts": {"role": "tool", "parts": [{"type": "text", "text": "Hello"}]},
    "/embed": {"parents": ["https://wiki.example.org"]},
    "/export": {"format": "json"},
    "/<slug>": {"name": "Named"},
    "/<uuid:template_id>": {"name": "Named"},
    "/members/<username>": {"role": "viewer"},
    "/tools": {"tools": {"parley": True}},
    "/calls/<call_id>": {"allow": True},
    **dict.fromkeys((f"{MESSAGE}/regenerate", f"{MESSAGE}/merge"), {}),
}
METHODS = ("GET", "PUT", "PATCH", "POST", "DELETE")


def routes_of(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes_of(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here.replace("<uuidstr:", "<uuid:")  # the framework has a converter of its own


FOUND = set(routes_of(get_resolver().url_patterns))
ALL = sorted(route for route in FOUND if not route.startswith("admin/"))


def test_every_route_is_listed_here() -> None:
    assert sorted(ROUTES) == ALL
    assert sorted(SOCKETS) == sorted(routes_of(websocket_urlpatterns))


@dataclass
class World:
    """Alice's things, and everybody's way in."""

    ids: dict[str, str]
    people: dict[str, User]
    tokens: dict[str, str]
    runner: asyncio.Runner

    @cached_property
    def clients(self) -> dict[str, AsyncClient]:
        return {}

    def client(self, who: str) -> AsyncClient:
        """Logged in at the first need: a route needs few, and logins are most of what a world takes."""
        if who not in self.clients:
            self.clients[who] = AsyncClient()
            if who in self.people:
                self.clients[who].force_login(self.people[who])
        return self.clients[who]

    def path(self, route: str) -> str:
        return "/" + re.sub(r"<(?:uuid:|path:|str:|int:)?(\w+)>", lambda match: self.ids[match[1]], route)

    def opens(self, who: str, how: str, route: str) -> bool:
        """Whether a socket lets one in."""
        cookies = "; ".join(f"{one.key}={one.value}" for one in self.client(who).cookies.values())
        ways = {"token": ("authorization", f"Bearer {self.tokens[who]}"), "session": ("cookie", cookies)}
        headers = [("host", "localhost"), ("origin", "http://localhost"), ways[how]]
        if how == "token":  # programs have no origin
            del headers[1]
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        return self.runner.run(self._opens(self.path(route), encoded))

    @staticmethod
    async def _opens(path: str, headers: list[tuple[bytes, bytes]]) -> bool:
        socket = WebsocketCommunicator(application, path, headers=headers)
        is_open, _ = await socket.connect()
        await socket.disconnect()
        return is_open

    def status(self, who: str, how: str, method: str, route: str) -> tuple[int, str]:
        """The status, and where it sends one."""
        path = self.path(route)
        client = self.client(who) if how == "session" else AsyncClient()
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if how == "token" else {}
        form = {"content": "Hello", "name": "Named", "username": "erin", "password": "x"}
        form |= {"emoji": "👍", "body": "A note", "reason": "other", "source": self.ids["other_id"]}
        form |= {"format": "json"}
        is_json = route.startswith("api/")
        body: Any = {"content": "Hello"} if "message" in route else {}
        body = {"body": "A note"} if "annotations" in route else body
        body = next((valid for end, valid in BODIES.items() if route.endswith(end)), body)
        body = {"source_id": self.ids["other_id"]} if route.endswith(f"{SESSION}/merge") else body
        call: Any = getattr(client, method.lower())
        arguments: dict[str, Any] = {"headers": headers}
        if method != "GET":
            arguments |= {"data": body, "content_type": "application/json"} if is_json else {}
        if method == "POST" and not is_json:
            arguments["data"] = form
        response = self.runner.run(call(path, **arguments))
        return response.status_code, response.headers.get("Location", "")


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all that is asked: another for each takes a third of the time."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def world(alice: User, charlie: User, runner: asyncio.Runner) -> World:
    project = make_project(make_user(OWNER))
    add_member(project, alice, OWNER)
    session = make_session(alice, ["Hello", "Hi"], project=project, scope_type="spec", scope_id="42")
    reply = messages_of(session)[1]
    reply.parts = [{"type": "tool-call", "state": "complete", "id": "c1", "name": "wipe"}]
    reply.save(update_fields=["parts"])
    people = {"alice": alice, "charlie": charlie, OWNER: User.objects.get(username=OWNER)}
    for role in (VIEWER, COMMENTER, EDITOR):
        people[role] = add_member(project, make_user(role), role)
    add_member(project, make_user("erin"), VIEWER)
    people[MODERATOR] = make_moderator(MODERATOR)
    people["suspended"] = add_member(project, make_user("suspended"), OWNER)
    report_message(message=reply, reporter=alice, reason="other", detail="")
    attachment = make_attachment(alice, kind="image", message=reply)
    Extract.objects.create(file=attachment.file.name or "", reader="pdf", state="complete", text="Read")
    template = save_template(owner=alice, values={"name": "Letter"})
    annotation = make_annotation(reply)
    make_summary(reply)
    note_sent(reply)
    ids = {"session_id": session.id, "message_id": reply.id, "attachment_id": attachment.id}
    ids["template_id"] = template.id
    ids["sibling_id"] = add_message(session, reply.parent, "Good day", is_active=False).id
    ids["other_id"] = make_session(alice, ["Elsewhere"], project=project).id
    token = ApiToken.objects.create(user=alice, digest="one", name="laptop")
    # Nobody is asked there: it is an address inside, and Alice is no administrator.
    ids["server_id"] = make_server(alice, url="http://127.0.0.1:9/mcp").id
    ids = {**ids, "token_id": token.id, "import_id": make_import(alice).id}
    ids["export_id"] = make_export(alice, session).id
    scope = {"project": project.slug, "slug": project.slug, "scope_type": "spec", "scope_id": "42"}
    scope |= {"username": "erin", "token": "bad", "number": "1"}
    scope |= {"scope": "own", "name": "box"}
    save_provider(name="box", kind="scripted", models=["default"], owner=alice)
    more = scope | {"annotation_id": str(annotation.id), "emoji": quote("👍"), "call_id": "c1"}
    return World(
        {name: str(value) for name, value in ids.items()} | more,
        people,
        {who: make_token(user) for who, user in people.items()} | {"nobody": "wrong"},
        runner,
    )


def is_turned_away(status: int, location: str) -> bool:
    return status in (401, 405) or (status == 302 and ("login" in location or "setup" in location))


def needed_for(route: str) -> dict[str, Role]:
    """Each method of a conversation's route, and the role that it takes."""
    needs = ROUTES[route]
    if isinstance(needs, Access):
        return {}
    return needs if isinstance(needs, dict) else dict.fromkeys(METHODS, needs)


def ways_to(route: str) -> tuple[str, ...]:
    is_open = ROUTES[route] is PUBLIC or not route.startswith("api/")
    return ("session",) if is_open else ("token", "session")


# Whoever is turned away has changed nothing: so one world does for all routes.


@pytest.mark.parametrize("who", ["nobody", "suspended"])
def test_only_what_is_public_opens_to_one_who_is_not_logged_in(world: World, who: str) -> None:
    world.client("suspended")  # logged in before
    User.objects.filter(username="suspended").update(is_active=False)
    opened = [
        (route, how, method)
        for route, how in product([one for one in ALL if ROUTES[one] is not PUBLIC], HOW)
        for method in METHODS
        if not is_turned_away(*world.status(who, how, method, route))
    ]
    assert opened == []


def test_a_stranger_does_not_find_what_is_anothers(world: World) -> None:
    found = []
    for route, how in product([one for one in ALL if ROUTES[one] is OWNERS or needed_for(one)], HOW):
        for method in METHODS:
            status, location = world.status("charlie", how, method, route)
            is_closed = how == "token" and not route.startswith("api/")
            if not (is_turned_away(status, location) if is_closed else status in (404, 405)):
                found.append((route, how, method, status))
    assert found == []


def refused_with(role: Role, route: str) -> int:
    """A moderator has a part in conversations that were reported, and in no project."""
    is_stranger = role is MODERATOR and not re.search("session_id|message_id", route)
    return 404 if is_stranger else 403


@pytest.mark.parametrize("role", [MODERATOR, VIEWER, COMMENTER, EDITOR])
def test_a_member_whose_role_is_too_small_is_told_so(world: World, role: Role) -> None:
    let_in = [
        (route, method, status)
        for route in ALL
        for method, needed in needed_for(route).items()
        if not role.may(needed)
        for how in ways_to(route)
        if (status := world.status(role, how, method, route)[0]) not in (refused_with(role, route), 405)
    ]
    assert let_in == []


def test_what_is_personal_is_not_the_other_members(world: World) -> None:
    found = []
    for route in [one for one in ALL if ROUTES[one] is OWNERS]:
        is_file = "attachment_id" in route and "remove" not in route  # who may read the message sees it
        for role, method in product(Role, METHODS):
            status, _ = world.status(role, "session", method, route)
            if status not in (403, 404, 405) and not (is_file and status == 200):
                found.append((route, role, method, status))
    assert found == []


@pytest.mark.parametrize("route", [route for route in ALL if needed_for(route)])
def test_a_member_whose_role_is_just_enough_gets_in(world: World, route: str) -> None:
    for method, needed in needed_for(route).items():
        if method != "DELETE":
            statuses = {world.status(needed, how, method, route)[0] for how in ways_to(route)}
            assert not {401, 403, 404, 500} & statuses, (method, needed, statuses)


@pytest.mark.parametrize("route", ALL)
def test_the_owner_gets_in(world: World, route: str) -> None:
    if ROUTES[route] is STAFF:
        assert world.status("alice", "token", "GET", route)[0] == 403
        return
    for how in ways_to(route):
        statuses = {method: world.status("alice", how, method, route)[0] for method in METHODS[:-1]}
        allowed = {method: status for method, status in statuses.items() if status != 405}
        if route == "api/":
            assert set(allowed.values()) == {404}
            continue
        assert not {401, 403, 500} & set(allowed.values()), allowed
        assert allowed or world.status("alice", how, "DELETE", route)[0] == 204
        if ROUTES[route] is OWNERS or not isinstance(ROUTES[route], Access):
            assert 404 not in allowed.values(), allowed


def test_sockets_open_to_whom_they_are_for(world: World) -> None:
    world.client("suspended")  # logged in before
    User.objects.filter(username="suspended").update(is_active=False)
    in_a_conversation = {"alice", *Role}
    for (route, needs), how, who in product(SOCKETS.items(), HOW, {"nobody", *world.people}):
        known = world.people.keys() - {"suspended"}
        expected = known if needs is OWN else in_a_conversation
        assert world.opens(who, how, route) == (who in expected), (route, how, who)


@pytest.mark.parametrize("who", ["nobody", "alice"])
def test_the_admin_is_for_staff(world: World, who: str) -> None:
    for model in admin.site._registry:
        route = f"admin/{model._meta.app_label}/{model._meta.model_name}/"
        status, location = world.status(who, "session", "GET", route)
        assert (status, location.startswith("/admin/login/")) == (302, True), route
