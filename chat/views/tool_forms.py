"""What the pages of servers of tools read from their forms, and what they show in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.models import ToolServer
from chat.text import clean_text

# In place of a secret that is kept: it is never shown.
HIDDEN = "••••••••"


@dataclass(frozen=True, slots=True)
class Shown:
    """A server as its form shows it, also one that will not do yet."""

    name: str = ""
    transport: str = "http"
    command: str = ""
    args: str = ""
    url: str = ""
    env: str = ""
    headers: str = ""
    is_on: bool = True
    is_default: bool = True
    asking: str = ToolServer.Asking.CHANGES
    groups: tuple[str, ...] = ()


def shown(server: ToolServer) -> Shown:
    names = server.secrets
    return Shown(
        server.name,
        server.transport,
        server.command,
        "\n".join(server.args),
        server.url,
        "\n".join(f"{name}={HIDDEN}" for name in names) if server.is_program else "",
        "" if server.is_program else "\n".join(f"{name}: {HIDDEN}" for name in names),
        server.is_on,
        server.is_default,
        server.asking,
        tuple(str(group.pk) for group in server.groups.all()),
    )


def typed(data: QueryDict) -> Shown:
    """The form as it was sent."""
    texts = {
        name: clean_text(data.get(name, "")) for name in ("name", "command", "args", "url", "env", "headers")
    }
    return Shown(
        **texts,
        transport=data.get("transport", "http"),
        is_on="is_on" in data,
        is_default="is_default" in data,
        asking=data.get("asking", ""),
        groups=tuple(data.getlist("groups")),
    )


def values_of(form: Shown) -> dict[str, Any]:
    """As the service takes them. Raises BadValue for a choice that there is not."""
    is_known = form.transport in ToolServer.Transport.values and form.asking in ToolServer.Asking.values
    if not is_known:
        raise BadValue(_("There is no such choice."))
    if len(form.command) > 500:
        raise BadValue(_("That is too long."), field="command")
    return {
        "name": form.name,
        "transport": form.transport,
        "command": form.command,
        "args": [line for line in form.args.split("\n") if line.strip()],
        "url": form.url,
        "is_on": form.is_on,
        "is_default": form.is_default,
        "asking": form.asking,
    }


def secrets_of(form: Shown) -> dict[str, str | None]:
    """By name; None for one that stays. Raises BadValue for a line that names none."""
    is_program = form.transport == ToolServer.Transport.STDIO
    sign = "=" if is_program else ":"
    found: dict[str, str | None] = {}
    for line in (form.env if is_program else form.headers).split("\n"):
        if not line.strip():
            continue
        name, is_there, value = line.partition(sign)
        if not is_there:
            words = _("One a line, as NAME=value.") if is_program else _("One a line, as Name: value.")
            raise BadValue(words, field="secrets")
        found[name.strip()] = None if value.strip() == HIDDEN else value.strip()
    return found
