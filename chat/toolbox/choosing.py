"""Which servers are on in a conversation: as somebody said there, else as each is by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chat import access
from chat.models import Session, ToolServer, User
from chat.toolbox.plugged import KEY, plugin_tools


@dataclass(frozen=True, slots=True)
class Switch:
    """A server in a conversation; `server` is None for the tools of plugins, which are one."""

    key: str
    name: str
    is_on: bool
    count: int
    server: ToolServer | None = None
    # Whether it is on where nobody says otherwise.
    is_default: bool = True


def switches(user: User, session: Session | None) -> list[Switch]:
    """What this person can switch on and off, by a fixed number of queries."""
    return switches_of(user, session.tools if session else {})


def switches_of(user: User, said: Mapping[str, bool]) -> list[Switch]:
    """The same by what somebody has `said`, of a conversation or a template."""
    own = [Switch(KEY, _("Parley’s own"), said.get(KEY, True), len(plugin_tools()))] if plugin_tools() else []
    return own + [
        Switch(
            str(server.pk),
            server.name,
            bool(said.get(str(server.pk), server.is_default)),
            len(server.tools),
            server,
            server.is_default,
        )
        for server in access.tool_servers_for(user)
    ]


def said_of(found: Collection[Switch], on: Collection[str], said: Mapping[str, bool]) -> dict[str, bool]:
    """What is to be kept when those in `on` shall be on: what was said of others stays, and of these what
    was said before or is not so by itself.
    """
    chosen = {one.key: one.key in on for one in found}
    defaults = {one.key: one.is_default for one in found}
    return {**said, **{key: is_on for key, is_on in chosen.items() if key in said or is_on != defaults[key]}}
