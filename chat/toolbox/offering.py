"""What a model may call in one conversation: the tools of the servers that are on there, and of plugins."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chat import threads
from chat.models import Session, ToolPolicy, ToolServer, User
from chat.sent import Sent
from chat.toolbox.choosing import Switch, switches, switches_of
from chat.toolbox.looking import tools_of
from chat.toolbox.plugged import KEY, plugin_tools
from chat.toolbox.servers import listed_by, offered_of, policy_of
from chat.tools.cleaning import fingerprint, model_name
from chat.tools.contract import Caller, Listed, Offered

# As many as OpenAI takes in one request.
MOST_OFFERED = 128
# For servers of which no list is there yet; a reply does not wait longer for them.
FIRST_LOOK = 10.0


async def offered(user: User, session: Session) -> tuple[Offered, ...]:
    """Those of `session` for `user`, who asks. A server that nobody has asked for its list yet is asked now;
    one that fails offers what it listed last, or nothing.
    """
    servers, has_plugins, caller = await threads.read(_read, user, session)
    unknown = [server for server in servers if server.listed_at is None and not server.tried_at]
    fresh = await _first_looks(unknown)
    found: dict[str, Offered] = {}
    for tool in _all(servers, fresh, caller, has_plugins=has_plugins):
        if len(found) == MOST_OFFERED:
            break
        name = tool.name if tool.name not in found else _other_name(tool)
        found[name] = replace(tool, name=name)
    return tuple(found.values())


def listed(user: User) -> list[tuple[Switch, list[Offered]]]:
    """What there is for this person, server by server, as last listed; by a fixed number of queries."""
    found, caller = switches_of(user, {}), Caller(user.pk)
    servers = [switch.server for switch in found if switch.server is not None]
    _fetch_policies(servers)
    return [
        (one, [*_all([one.server] if one.server else [], {}, caller, has_plugins=one.server is None)])
        for one in found
    ]


def told_names(user: User, sent: Sent) -> frozenset[str]:
    """Which of the tools that a model was told of this person may hear of: all, where it was they who asked.

    Else those that they can have themselves: what somebody has a server for is nobody else's business.
    """
    if not sent.tools or sent.prompt.generation.requested_by_id == user.pk:
        return frozenset(sent.tools)
    known = {tool.name for _switch, tools in listed(user) for tool in tools}
    return frozenset(known.intersection(sent.tools))


def _fetch_policies(servers: Iterable[ToolServer]) -> None:
    policies: dict[object, list[ToolPolicy]] = {}
    for said in ToolPolicy.objects.filter(server__in=servers):
        policies.setdefault(said.server_id, []).append(said)
    for server in servers:
        server._prefetched_objects_cache = {"policies": policies.get(server.pk, [])}  # type: ignore[attr-defined]


def _read(user: User, session: Session) -> tuple[list[ToolServer], bool, Caller]:
    on = [switch for switch in switches(user, session) if switch.is_on]
    servers = [switch.server for switch in on if switch.server is not None]
    _fetch_policies(servers)
    zone = user.liking.time_zone or "UTC"
    return servers, any(switch.key == KEY for switch in on), Caller(user.pk, session.pk, zone)


async def _first_looks(servers: list[ToolServer]) -> dict[str, tuple[Listed, ...]]:
    tasks = {str(server.pk): asyncio.create_task(tools_of(server)) for server in servers}
    if tasks:
        await asyncio.wait(tasks.values(), timeout=FIRST_LOOK)
    return {key: task.result() for key, task in tasks.items() if task.done() and not task.exception()}


def _all(
    servers: Iterable[ToolServer], fresh: dict[str, tuple[Listed, ...]], caller: Caller, *, has_plugins: bool
) -> Iterator[Offered]:
    for tool in plugin_tools().values() if has_plugins else ():
        name = model_name("", tool.name)
        yield Offered(
            name, str(tool.title), tool.description, tool.schema, "Parley", KEY, tool.name,
            changes=tool.changes, asks=tool.changes, caller=caller,
        )  # fmt: skip
    for server in servers:
        said = {one.tool: one for one in server.policies.all()}
        for listed in fresh.get(str(server.pk)) or listed_by(server):
            policy = policy_of(server, listed, said.get(listed.name))
            if policy != ToolPolicy.Policy.NEVER:
                yield offered_of(server, listed, policy, caller)


def _other_name(tool: Offered) -> str:
    """Of two with the same name the second one's."""
    return f"{tool.name[:57]}_{fingerprint(tool.server_key, tool.tool, None)[:6]}"
