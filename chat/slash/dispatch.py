"""From a typed line to its command, and from a command to its outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import cast

import structlog
from django.utils.translation import gettext as _

from chat.models import Session, User
from chat.plugins import manager
from chat.slash.contract import Argument, Command, CommandRefused, Invocation, Kind, Outcome, UnknownCommand

# A path, a comment or a regular expression has other characters right after its first word.
LINE = re.compile(r"/([A-Za-z][A-Za-z0-9_-]*)(?:\s+(.*))?\s*", re.DOTALL)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A command as it was typed, with what stands after its name."""

    command: Command
    rest: str


@cache
def commands() -> dict[str, Command]:
    """All commands by name, in alphabetical order. Of two with one name the first registered stays."""
    found: dict[str, Command] = {}
    for plugin, given in _given():
        if not isinstance(given, Command):
            log.error("plugin.bad_command", plugin=plugin)
        elif found.setdefault(given.name, given) is not given:
            log.error("plugin.command_twice", plugin=plugin, command=given.name)
    return dict(sorted(found.items()))


def _given() -> list[tuple[str, object]]:
    """What each plugin gives; one that fails costs nobody the others'."""
    given: list[tuple[str, object]] = []
    for implementation in manager().hook.slash_commands.get_hookimpls():
        try:
            added = cast(Iterable[object], implementation.function())
            given += [(implementation.plugin_name, one) for one in added]
        except Exception:
            log.exception("plugin.failed", plugin=implementation.plugin_name)
    return given


def commands_for(session: Session | None) -> list[Command]:
    """Those that can be run there."""
    return [command for command in commands().values() if session or not command.needs_session]


def parse(content: str) -> Line | None:
    """The command that `content` is; None for a text that is none.

    Raises:
        UnknownCommand: it looks like one, and there is none of that name.
    """
    match = LINE.fullmatch(content)
    if match is None:
        return None
    command = commands().get(match[1].lower())
    if command is None:
        raise UnknownCommand(_unknown(match[1]), field="content")
    return Line(command, (match[2] or "").strip())


def unescaped(content: str) -> str:
    """`content`; where it is a command after a second slash, without that slash."""
    match = LINE.fullmatch(content[1:]) if content.startswith("//") else None
    return content[1:] if match and match[1].lower() in commands() else content


def run(line: Line, *, user: User, session: Session | None) -> Outcome:
    """Do what the line says.

    Raises:
        CommandRefused: it lacks something, or has too much.
        Refused: as the command.
    """
    if line.command.needs_session and session is None:
        raise CommandRefused(_("This works within a conversation. Open one first."), field="content")
    arguments = read_arguments(line.command, line.rest)
    return line.command.run(Invocation(user, session, arguments))


def read_arguments(command: Command, rest: str) -> dict[str, str]:
    """The arguments by key, in the order in which the command takes them."""
    values: dict[str, str] = {}
    for argument in command.arguments:
        if argument.kind is Kind.TEXT:
            value, rest = rest, ""
        else:
            value, rest = (*rest.split(None, 1), "", "")[:2]
        if value:
            values[argument.key] = _checked(argument, value)
        elif argument.is_required:
            raise CommandRefused(_("It needs more: %(usage)s") % {"usage": command.usage}, field="content")
    if rest:
        words = _("It takes nothing more: %(usage)s") % {"usage": command.usage}
        raise CommandRefused(words, field="content")
    return values


def _checked(argument: Argument, value: str) -> str:
    if not argument.choices or value.lower() in argument.choices:
        return value.lower() if argument.choices else value
    words = _("“%(value)s” is not one of %(choices)s.") % {
        "value": value,
        "choices": ", ".join(argument.choices),
    }
    raise CommandRefused(words, field="content")


def _unknown(name: str) -> str:
    near = get_close_matches(name.lower(), commands(), n=3, cutoff=0.5)
    near += [known for known in commands() if known.startswith(name.lower()) and known not in near]
    words = _("“/%(name)s” is no command.") % {"name": name}
    if not near:
        return _("%(words)s Type /help to see them all.") % {"words": words}
    guess = ", ".join(f"/{one}" for one in near[:3])
    return _("%(words)s Did you mean %(guess)s?") % {"words": words, "guess": guess}
