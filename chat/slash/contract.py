"""What a command is: its words, what it takes, what it is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chat.errors import Refused
from chat.models import Message, Session, User

Words = str | Promise


class Kind(Enum):
    WORD = "word"  # up to the next space
    TEXT = "text"  # all the rest


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that an argument may have, and what a person is told about it."""

    value: str
    detail: Words = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """Who asks, where, and with which arguments; those that were left out are missing."""

    user: User
    session: Session | None
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def conversation(self) -> Session:
        """The session of a command that needs one."""
        assert self.session is not None
        return self.session


@dataclass(frozen=True, slots=True)
class Argument:
    name: Words
    description: Words
    key: str
    kind: Kind = Kind.TEXT
    is_required: bool = False
    choices: tuple[str, ...] = ()
    # What may stand here, given what is typed so far. It only reads.
    complete: Callable[[Invocation, str], Sequence[Suggestion]] | None = None

    @property
    def shown(self) -> str:
        """What must be given stands in capitals, what may be left out in brackets."""
        return str(self.name).upper() if self.is_required else f"[{self.name}]"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did, for whoever shows it; what is empty did not happen."""

    words: str = ""
    # The address that takes it back when posted to.
    undo_url: str = ""
    # The session, where its title or model changed.
    session: Session | None = None
    # Messages that are new.
    messages: tuple[Message, ...] = ()
    # The messages on show are others now.
    is_reset: bool = False
    # The page to go to, or the one to show in a dialog.
    go_to: str = ""
    dialog: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    description: Words
    run: Callable[[Invocation], Outcome]
    arguments: tuple[Argument, ...] = ()
    icon: str = "slash"
    needs_session: bool = True

    @property
    def offers(self) -> bool:
        """Whether there is something to choose from for one of its arguments."""
        return any(one.choices or one.complete for one in self.arguments)

    @property
    def usage(self) -> str:
        """As "/rename TITLE" or "/branch [message]"."""
        return " ".join([f"/{self.name}", *(one.shown for one in self.arguments)])


class CommandRefused(Refused):
    """What was typed is no command that can be run. It can still be sent as text."""

    code = "bad-command"
    title = _("That command cannot be run")
    can_be_text = True


class UnknownCommand(CommandRefused):
    code = "unknown-command"
    title = _("There is no such command")
