"""Which servers are on in a conversation: as somebody said there, else as each is by itself."""

from __future__ import annotations

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


def switches(user: User, session: Session | None) -> list[Switch]:
    """What this person can switch on and off, by a fixed number of queries."""
    said = session.tools if session else {}
    own = [Switch(KEY, _("Parley’s own"), said.get(KEY, True), len(plugin_tools()))] if plugin_tools() else []
    return own + [
        Switch(
            str(server.pk),
            server.name,
            bool(said.get(str(server.pk), server.is_default)),
            len(server.tools),
            server,
        )
        for server in access.tool_servers_for(user).select_related("owner")
    ]
