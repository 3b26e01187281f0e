"""Servers of tools as rows, and what is offered from them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from chat import toolbox
from chat.models import Session, ToolServer, User
from chat.services.tools import save_tool_server
from chat.tools.contract import Offered

PROGRAM = str(Path(__file__).with_name("server.py"))
LISTED = [
    {
        "name": "look_up",
        "title": "Look it up",
        "description": "Finds <b>things</b>.",
        "schema": {
            "type": "object",
            "properties": {"word": {"type": "string", "description": "What to find"}},
            "required": ["word"],
        },
        "only_reads": True,
    },
    {
        "name": "delete",
        "title": "",
        "description": "Deletes.",
        "schema": {"type": "object"},
        "only_reads": False,
    },
]


def make_admin(name: str = "root") -> User:
    return User.objects.create_superuser(name, password="secret")


def make_server(owner: User | None, name: str = "Library", **values: Any) -> ToolServer:
    """One that has listed its tools; without an owner it is the site's."""
    given = {"transport": "http", "url": "https://tools.example.org/mcp", "tools": LISTED, **values}
    given.setdefault("tried_at", "2026-01-01T00:00Z")
    given.setdefault("listed_at", given["tried_at"])
    return ToolServer.objects.create(owner=owner, name=name, **given)


def make_program(admin: User, how: str = "well", **values: Any) -> ToolServer:
    """A program that runs for the site."""
    said = {"transport": "stdio", "command": sys.executable, "args": [PROGRAM, how]}
    secrets = {"TOKEN": "hush-hush-token"}
    return save_tool_server(
        actor=admin, is_site=True, values={"name": "Tester", **said, **values}, secrets=secrets
    )


async def offered_by_name(user: User, session: Session) -> dict[str, Offered]:
    return {tool.name: tool for tool in await toolbox.offered(user, session)}
