"""The writer of servers of tools: set up, taken away, what is allowed of theirs, and where they are on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chat import access, audit
from chat.addresses import is_masked, masked, unmasked
from chat.command_lines import meant_arguments, shown_arguments
from chat.errors import BadValue, NotAllowed
from chat.models import Session, ToolPolicy, ToolServer, User
from chat.text import clean_text
from chat.toolbox.plugged import KEY
from chat.toolbox.servers import fingerprint_of, listed_by

# Of a person; an administrator has as many as they like.
MOST_OWN = 20
MAX_SECRETS = 50
FIELDS = ("name", "transport", "command", "args", "url", "is_on", "is_default", "asking")


def save_tool_server(
    *,
    actor: User,
    server: ToolServer | None = None,
    is_site: bool = False,
    values: Mapping[str, Any],
    secrets: Mapping[str, str | None] | None = None,
    groups: Sequence[Any] | None = None,
) -> ToolServer:
    """Set a server up, or change what `values` names (of FIELDS) in one that `access` has let to `actor`.

    What stands masked in its address and arguments is as it was. `secrets` are the environment of a program
    or the headers of an address; None as a value keeps the earlier one, if it still goes to the same place.
    `groups`: for whom one of the site is; none, for everybody.

    Raises:
        BadValue: one of the values will not do.
        NotAllowed: it is for administrators.
    """
    row = server or ToolServer(owner=None if is_site else actor)
    before = (row.transport, _place_of(row))
    earlier = dict(row.secrets) if server else {}
    values = _meant(row, values)
    for field in FIELDS:
        if field in values:
            setattr(row, field, values[field])
    _check(row, actor, is_new=server is None)
    _hide(row)
    is_same_place = before == (row.transport, _place_of(row))
    given = dict.fromkeys(earlier) if secrets is None else secrets
    _keep_secrets(row, given, earlier if is_same_place else {})
    if server is not None and not is_same_place:  # what the other one said
        row.tools, row.listed_at, row.tried_at, row.problem, row.last_words, row.says_it_is = (
            *([], None, None, "", "", ""),
        )
    try:
        with transaction.atomic():
            row.save()
            if groups is not None:
                row.groups.set(groups)
            audit.note(audit.Action.TOOLS_SAVED, row, transport=row.transport, site=row.owner_id is None)
    except IntegrityError:
        raise BadValue(_("There is one of this name already."), field="name") from None
    return row


def remove_tool_server(*, server: ToolServer) -> None:
    with transaction.atomic():
        audit.note(audit.Action.TOOLS_REMOVED, server, transport=server.transport)
        server.delete()


def set_tool_policies(*, server: ToolServer, policies: Mapping[str, str]) -> None:
    """What holds for these tools; "" lets the server's own rule hold. What is allowed is so as it is now.

    Raises:
        BadValue: there is no such policy.
    """
    known = {tool.name: fingerprint_of(tool) for tool in listed_by(server)}
    if not set(policies.values()) <= {"", *ToolPolicy.Policy.values}:
        raise BadValue(_("There is no such choice."))
    with transaction.atomic():
        for tool in known.keys() & policies.keys():
            if not policies[tool]:
                ToolPolicy.objects.filter(server=server, tool=tool).delete()
                continue
            said = {"policy": policies[tool], "fingerprint": known[tool]}
            ToolPolicy.objects.update_or_create(server=server, tool=tool, defaults=said)
        audit.note(audit.Action.TOOLS_ALLOWED, server, tools=len(known.keys() & policies.keys()))


def choose_tools(*, session: Session, user: User, chosen: Mapping[str, bool]) -> None:
    """Switch servers that this person has on or off in the conversation; the others stay as they are.

    Raises:
        BadValue: there is no such server for this person.
    """
    with transaction.atomic():
        row = access.locked(session)
        if not chosen.keys() <= switchable(user):
            raise BadValue(_("That is no server of tools."), field="tools")
        row.tools = {**row.tools, **chosen}
        row.save(update_fields=["tools"])
        audit.note(audit.Action.TOOLS_CHOSEN, row, on=sum(chosen.values()))
    session.tools = row.tools


def switchable(user: User) -> set[str]:
    """What this person can switch on and off, by its key; other people's servers are theirs."""
    return {KEY, *(str(server.pk) for server in access.tool_servers_for(user))}


def note_call(*, server: ToolServer, tool: str) -> None:
    """An administrator has called it by hand."""
    audit.note(audit.Action.TOOLS_CALLED, server, tool=tool[:200])


def _check(row: ToolServer, actor: User, *, is_new: bool) -> None:
    if row.owner_id is None and not actor.is_superuser:
        raise NotAllowed(_("Only administrators set up servers for others."))
    if row.owner_id is not None and not access.may_own_tools(actor):
        raise NotAllowed(_("Servers of one’s own are switched off here."))
    if is_new and row.owner_id and not actor.is_superuser and _own(actor) >= MOST_OWN:
        raise BadValue(_("You can have %(count)s servers.") % {"count": MOST_OWN}, field="name")
    row.name = " ".join(clean_text(row.name).split())
    if not row.name or len(row.name) > 60:
        raise BadValue(_("A server needs a name of at most 60 characters."), field="name")
    if row.is_program:
        _check_program(row)
    else:
        row.command, row.args = "", []
        row.url = checked_url(row.url)


def _own(person: User) -> int:
    return ToolServer.objects.filter(owner=person).count()


def _check_program(row: ToolServer) -> None:
    if row.owner_id is not None:
        raise NotAllowed(_("Only administrators have programs run on this machine."))
    if not settings.PARLEY_MCP_STDIO:
        raise NotAllowed(_("Programs as servers of tools are switched off here (PARLEY_MCP_STDIO)."))
    row.url = ""
    row.command = row.command.strip()
    if not row.command or "\0" in row.command or any("\0" in str(one) for one in row.args):
        raise BadValue(_("Which program is to be run?"), field="command")


def checked_url(text: str) -> str:
    """Raises BadValue for what is no address of a server, or has a password in it."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_good = False
    if not is_good or not url.isprintable() or " " in url or len(url) > 1000:
        raise BadValue(_("An address begins with https:// or http://."), field="url")
    if parts.username or parts.password:
        raise BadValue(_("A password belongs into a header, not into the address."), field="url")
    return url


def _meant(row: ToolServer, values: Mapping[str, Any]) -> dict[str, Any]:
    """All of the values, with what they show masked; another program's arguments know nothing of those."""
    url, args = values.get("url", row.url), values.get("args", row.args)
    is_same = values.get("command", row.command).strip() == row.command
    return {
        **values,
        "url": unmasked(url.strip(), row.address),
        "args": meant_arguments(args, row.arguments if is_same else ()),
    }


def _hide(row: ToolServer) -> None:
    """Keep what may be a secret encrypted.

    Raises:
        BadValue: something stands masked, and it is not known for what.
    """
    if is_masked(row.url):
        raise BadValue(
            _("Type the hidden part of the address anew: it belonged to another one."), field="url"
        )
    if any(map(is_masked, row.args)):
        words = _("Type the hidden part of the arguments anew: it belonged to others.")
        raise BadValue(words, field="args")
    url, args = row.url, row.args
    row.url, row.args = masked(url), shown_arguments(args)
    row.secret_url = url if url != row.url else ""
    row.secret_args = json.dumps(args) if args != row.args else ""


def _place_of(row: ToolServer) -> tuple[str, ...]:
    """Where its secrets go: a program, or the host of an address."""
    parts = urlsplit(row.url)
    return (row.command,) if row.is_program else (parts.scheme, parts.netloc)


def _keep_secrets(row: ToolServer, given: Mapping[str, str | None], earlier: Mapping[str, str]) -> None:
    field = "env" if row.is_program else "headers"
    kept = {name: earlier.get(name, "") if value is None else value for name, value in given.items()}
    kept = {name: value for name, value in kept.items() if value}
    for name, value in kept.items():
        is_good = name.isascii() and name.isprintable() and not set(name) & set(" =:") and name
        if not is_good or not value.isprintable() or (field == "headers" and not value.isascii()):
            raise BadValue(_("“%(name)s” will not do.") % {"name": name}, field="secrets")
    if len(kept) > MAX_SECRETS:
        raise BadValue(_("That is too much."), field="secrets")
    row.env = row.headers = ""
    setattr(row, field, json.dumps(kept) if kept else "")


def server_key(text: str) -> str:
    """The key of a switch, if it is one."""
    try:
        return text if text == KEY else str(UUID(text))
    except ValueError:
        return ""
