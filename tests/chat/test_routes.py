"""Every route, as everybody: what is whose, and no route that is not in this list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.test import AsyncClient
from django.urls import URLPattern, URLResolver, get_resolver

from chat.models import ApiToken, User
from chat.services.templates import save_template
from tests.factories import make_annotation, make_attachment, make_session, make_token, messages_of


class Access(Enum):
    PUBLIC = "everybody"
    OWN = "everybody who is logged in, and each sees their own"
    OWNERS = "the owner of the object; to others it is not there"
    STAFF = "staff"


PUBLIC, OWN, OWNERS, STAFF = Access.PUBLIC, Access.OWN, Access.OWNERS, Access.STAFF
SESSION, MESSAGE, ANNOTATION = "<uuid:session_id>", "<uuid:message_id>", "<uuid:annotation_id>"

API = {
    "": PUBLIC,
    "openapi.json": PUBLIC,
    "docs": PUBLIC,
    "chat/sessions": OWN,
    **{
        f"chat/sessions/{SESSION}{action}": OWNERS
        for action in ("", "/restore", "/clear", "/clear/undo", "/branch", "/stop", "/messages", "/stream")
    },
    **{f"chat/messages/{MESSAGE}{action}": OWNERS for action in ("", "/restore", "/regenerate", "/activate")},
    f"chat/messages/{MESSAGE}/reactions/<emoji>": OWNERS,
    f"chat/messages/{MESSAGE}/annotations": OWNERS,
    f"chat/messages/{MESSAGE}/annotations/{ANNOTATION}": OWNERS,
    f"chat/messages/{MESSAGE}/annotations/{ANNOTATION}/restore": OWNERS,
    "chat/attachments": OWN,
    "chat/templates": OWN,
    **{f"chat/templates/<uuid:template_id>{action}": OWNERS for action in ("", "/restore")},
    "chat/attachments/<uuid:attachment_id>": OWNERS,
}
PAGES = {
    **dict.fromkeys(("setup/", "login/", "logout/"), PUBLIC),
    **dict.fromkeys(("", "send/", "draft/", "files/", "password/", "chat/", "emojis/", "picture-from/"), OWN),
    **dict.fromkeys(("chat/tags/", "chat/bulk/", "chat/bulk/tags/"), OWN),
    **dict.fromkeys(("templates/", "templates/new/", "templates/variables/"), OWN),
    **{
        f"templates/<uuid:template_id>/{action}/": OWNERS
        for action in ("edit", "use", "duplicate", "delete", "restore")
    },
    **dict.fromkeys(("commands/", "commands/help/", "commands/complete/"), OWN),
    **{
        f"chat/{SESSION}/{action}": OWNERS
        for action in (
            "",
            "older/",
            "newer/",
            "find/",
            "send/",
            "draft/",
            "stop/",
            "rename/",
            "settings/",
            "model/",
            "star/",
            "archive/",
            "tags/",
            "seen/",
            "clear/",
            "clear/undo/",
            "preset/",
            "keep/",
            "end/",
            "leave/",
            "stay/",
            "delete/",
            "restore/",
        )
    },
    **{
        f"messages/{MESSAGE}/{action}": OWNERS
        for action in (
            "",
            "source/",
            "edit/",
            "resend/",
            "regenerate/",
            "activate/",
            "take-back/",
            "answer-now/",
            "branch/",
            "models/",
            "sent/",
            "history/",
            "alternatives/",
            "delete/",
            "restore/",
            "react/",
            "annotate/",
            f"annotations/{ANNOTATION}/edit/",
            f"annotations/{ANNOTATION}/delete/",
            f"annotations/{ANNOTATION}/restore/",
            "report/",
        )
    },
    "palette/": OWN,
    "settings/": OWN,
    **{f"settings/{section}/": OWN for section in ("appearance", "theme", "region", "keyboard", "keys")},
    **{f"settings/{section}/": OWN for section in ("account", "tokens")},
    "settings/tokens/<uuid:token_id>/revoke/": OWNERS,
    **{f"files/<uuid:attachment_id>/{action}": OWNERS for action in ("", "remove/")},
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": STAFF,
}
ROUTES = {**{f"api/{path}": access for path, access in API.items()}, **PAGES}
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


@dataclass
class World:
    """Alice's things, and everybody's way in."""

    ids: dict[str, str]
    clients: dict[str, AsyncClient]
    tokens: dict[str, str]

    def status(self, who: str, how: str, method: str, route: str) -> tuple[int, str]:
        """The status, and where it sends one."""
        path = "/" + re.sub(r"<(?:uuid:)?(\w+)>", lambda match: self.ids[match[1]], route)
        client = self.clients[who] if how == "session" else AsyncClient()
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if how == "token" else {}
        form = {"content": "Hello", "name": "Named", "username": "erin", "password": "x"}
        form |= {"emoji": "👍", "body": "A note", "reason": "other"}
        is_json = route.startswith("api/")
        body: Any = {"content": "Hello"} if "message" in route else {}
        body = {"body": "A note"} if "annotations" in route else body
        call: Any = async_to_sync(getattr(client, method.lower()))
        arguments: dict[str, Any] = {"headers": headers}
        if method != "GET":
            arguments |= {"data": body, "content_type": "application/json"} if is_json else {}
        if method == "POST" and not is_json:
            arguments["data"] = form
        response = call(path, **arguments)
        return response.status_code, response.headers.get("Location", "")


@pytest.fixture
def world(alice: User, charlie: User) -> World:
    session = make_session(alice, ["Hello", "Hi"])
    reply = messages_of(session)[1]
    attachment = make_attachment(alice, kind="image")
    template = save_template(owner=alice, values={"name": "Letter"})
    annotation = make_annotation(reply)
    clients = {"alice": AsyncClient(), "charlie": AsyncClient(), "nobody": AsyncClient()}
    clients["alice"].force_login(alice)
    clients["charlie"].force_login(charlie)
    ids = {"session_id": session.id, "message_id": reply.id, "attachment_id": attachment.id}
    ids["template_id"] = template.id
    token = ApiToken.objects.create(user=alice, digest="one", name="laptop")
    ids = {**ids, "token_id": token.id}
    more = {"annotation_id": str(annotation.id), "emoji": quote("👍")}
    return World(
        {name: str(value) for name, value in ids.items()} | more,
        clients,
        {"alice": make_token(alice), "charlie": make_token(charlie), "nobody": "wrong"},
    )


def is_turned_away(status: int, location: str) -> bool:
    return status in (401, 405) or (status == 302 and ("login" in location or "setup" in location))


@pytest.mark.parametrize("route", ALL)
@pytest.mark.parametrize("how", ["token", "session"])
def test_nobody_gets_in_but_where_everybody_may(world: World, route: str, how: str) -> None:
    if ROUTES[route] is PUBLIC:
        return
    for method in METHODS:
        status, location = world.status("nobody", how, method, route)
        assert is_turned_away(status, location), (method, status, location)


@pytest.mark.parametrize("route", ALL)
@pytest.mark.parametrize("how", ["token", "session"])
def test_a_stranger_does_not_find_what_is_anothers(world: World, route: str, how: str) -> None:
    if ROUTES[route] is not OWNERS:
        return
    for method in METHODS:
        status, location = world.status("charlie", how, method, route)
        if how == "token" and not route.startswith("api/"):
            assert is_turned_away(status, location), (method, status)
        else:
            assert status in (404, 405), (method, status)


@pytest.mark.parametrize("route", ALL)
def test_the_owner_gets_in(world: World, route: str) -> None:
    if ROUTES[route] is STAFF:
        assert world.status("alice", "token", "GET", route)[0] == 403
        return
    ways = ("token", "session") if route.startswith("api/") and ROUTES[route] is not PUBLIC else ("session",)
    for how in ways:
        statuses = {method: world.status("alice", how, method, route)[0] for method in METHODS[:-1]}
        allowed = {method: status for method, status in statuses.items() if status != 405}
        if route == "api/":
            assert set(allowed.values()) == {404}
            continue
        assert not {401, 403, 500} & set(allowed.values()), allowed
        assert allowed or world.status("alice", how, "DELETE", route)[0] == 204
        if ROUTES[route] is OWNERS:
            assert 404 not in allowed.values(), allowed


@pytest.mark.parametrize("who", ["nobody", "alice"])
def test_the_admin_is_for_staff(world: World, who: str) -> None:
    for model in admin.site._registry:
        route = f"admin/{model._meta.app_label}/{model._meta.model_name}/"
        status, location = world.status(who, "session", "GET", route)
        assert (status, location.startswith("/admin/login/")) == (302, True), route
