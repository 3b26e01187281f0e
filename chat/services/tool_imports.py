"""Servers of tools as their READMEs have them: the JSON that other programs keep them in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chat.errors import BadValue, Refused
from chat.models import ToolServer, User
from chat.services.tools import save_tool_server

MAX_CHARS = 100_000
MOST = 50
# What programs call the object with the servers.
OBJECTS = ("mcpServers", "servers", "mcp")
KINDS = {
    "stdio": "stdio",
    "sse": "sse",
    "http": "http",
    "streamable-http": "http",
    "streamableHttp": "http",
    "streamable_http": "http",
    "remote": "http",
    "local": "stdio",
}


@dataclass(frozen=True, slots=True)
class Described:
    """A server as the JSON has it."""

    name: str
    values: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)


def import_tool_servers(*, actor: User, text: str, is_site: bool) -> list[ToolServer]:
    """Set up all that the JSON describes, or none.

    Raises:
        BadValue, NotAllowed: with the name of the server that will not do.
    """
    made = []
    with transaction.atomic():
        for one in described(text):
            try:
                server = save_tool_server(
                    actor=actor, is_site=is_site, values=one.values, secrets=one.secrets
                )
            except Refused as refused:
                raise BadValue(f"{one.name}: {refused.detail}", field="text") from refused
            made.append(server)
    return made


def described(text: str) -> list[Described]:
    """Raises BadValue when it is no such JSON."""
    try:
        said = json.loads(text[: MAX_CHARS + 1])
    except (ValueError, RecursionError) as error:
        raise BadValue(_("This is no JSON: %(why)s") % {"why": error}, field="text") from None
    servers = next((said[name] for name in OBJECTS if isinstance(said, dict) and name in said), said)
    if isinstance(servers, dict) and {"command", "url"} & servers.keys():
        servers = {_("Tools"): servers}  # one server without its name
    if not isinstance(servers, dict) or not servers or len(servers) > MOST:
        raise BadValue(_("There is no server in it: “mcpServers” is missing or empty."), field="text")
    return [_described(name, one) for name, one in servers.items()]


def _described(name: str, said: Any) -> Described:
    if not isinstance(said, dict):
        raise BadValue(_("“%(name)s” is no server.") % {"name": name}, field="text")
    command, args = said.get("command") or "", said.get("args") or []
    if isinstance(command, list):
        command, args = (command or [""])[0], [*command[1:], *args]
    url = said.get("url") or said.get("serverUrl") or said.get("httpUrl") or ""
    kind = KINDS.get(str(said.get("type") or said.get("transport")), "stdio" if command else "http")
    given = (said.get("env") or said.get("environment")) if kind == "stdio" else said.get("headers")
    is_good = isinstance(args, list) and isinstance(given or {}, dict)
    if not is_good or not isinstance(command, str) or not isinstance(url, str):
        raise BadValue(_("“%(name)s” is no server.") % {"name": name}, field="text")
    values = {"name": name, "transport": kind, "command": command, "args": [str(one) for one in args]}
    is_on = not (said.get("disabled") or said.get("enabled") is False)
    secrets = {str(key): str(value) for key, value in (given or {}).items()}
    return Described(name, {**values, "url": url, "is_on": is_on}, secrets)
