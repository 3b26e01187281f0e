"""Rows of servers, as those who speak with servers take them."""

from __future__ import annotations

from typing import Any, cast

from chat.addresses import secrets_in
from chat.command_lines import secrets_of
from chat.models import ToolPolicy, ToolServer
from chat.tools.cleaning import fingerprint, model_name
from chat.tools.contract import Caller, Listed, Offered, ServerConfig, Transport


def config_of(server: ToolServer) -> ServerConfig:
    """Only an administrator's server may be at an address inside."""
    secrets, arguments, address = server.secrets, server.arguments, server.address
    return ServerConfig(
        key=str(server.pk),
        name=server.name,
        transport=cast(Transport, server.transport),
        command=server.command,
        args=tuple(arguments),
        env=secrets if server.is_program else {},
        url=address,
        headers={} if server.is_program else secrets,
        hidden=(*sorted(secrets_of(arguments)), *sorted(secrets_in(address))),
        is_guarded=server.owner is not None and not server.owner.is_superuser,
    )


def listed_by(server: ToolServer) -> list[Listed]:
    return [Listed(**tool) for tool in server.tools]


def kept_form(tool: Listed) -> dict[str, Any]:
    """As the row keeps it."""
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "schema": dict(tool.schema),
        "only_reads": tool.only_reads,
    }


def fingerprint_of(tool: Listed) -> str:
    return fingerprint(tool.name, tool.description, tool.schema)


def policy_of(server: ToolServer, tool: Listed, said: ToolPolicy | None) -> ToolPolicy.Policy:
    """What holds for a tool. What was allowed and says something else of itself by now is asked about."""
    policy = ToolPolicy.Policy
    if said is not None:
        is_other = said.policy == policy.ALLOW and said.fingerprint != fingerprint_of(tool)
        return policy.ASK if is_other else policy(said.policy)
    asks = server.asking == ToolServer.Asking.ALWAYS or (
        server.asking == ToolServer.Asking.CHANGES and not tool.only_reads
    )
    return policy.ASK if asks else policy.ALLOW


def offered_of(server: ToolServer, tool: Listed, policy: ToolPolicy.Policy, caller: Caller) -> Offered:
    return Offered(
        name=model_name(server.name, tool.name),
        title=tool.title or tool.name,
        description=tool.description,
        schema=tool.schema,
        server=server.name,
        server_key=str(server.pk),
        tool=tool.name,
        changes=not tool.only_reads,
        asks=policy == ToolPolicy.Policy.ASK,
        caller=caller,
    )
