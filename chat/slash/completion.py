"""What may stand where a person is typing an argument."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chat.models import Session, User
from chat.slash.contract import Argument, Command, Invocation, Kind, Suggestion, Words
from chat.slash.dispatch import commands

TYPED = re.compile(r"/([A-Za-z][A-Za-z0-9_-]*)\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Completion:
    """A value, and the whole text that is there once it is chosen."""

    value: str
    detail: Words
    text: str


def complete(typed: str, *, user: User, session: Session | None) -> list[Completion]:
    """What may follow in `typed`; nothing where the command offers nothing, or is none."""
    match = TYPED.fullmatch(typed)
    command = commands().get(match[1].lower()) if match else None
    if match is None or command is None or (command.needs_session and session is None):
        return []
    before, argument, value = _place(command, match[2])
    if argument is None:
        return []
    found = _suggestions(argument, Invocation(user, session), value)
    start = " ".join([f"/{command.name}", *before])
    return [Completion(one.value, one.detail, f"{start} {one.value}") for one in found]


def _place(command: Command, rest: str) -> tuple[list[str], Argument | None, str]:
    """The words before, the argument that is being typed, and what of it is there."""
    before: list[str] = []
    for argument in command.arguments:
        word, space, after = rest.partition(" ")
        if argument.kind is Kind.TEXT or not space:
            return before, argument, rest
        before.append(word)
        rest = after.lstrip(" ")
    return before, None, rest


def _suggestions(argument: Argument, asked: Invocation, value: str) -> Sequence[Suggestion]:
    if argument.complete:
        return argument.complete(asked, value)
    return [Suggestion(one) for one in argument.choices if one.startswith(value.lower())]
