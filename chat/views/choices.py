"""The models that the composer offers, and what of them a form chose."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.generation.choice import model_choices
from chat.models import Session

SEPARATOR = "::"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


def choices(session: Session | None, *, wanted: str = "") -> list[Choice]:
    """The default first; a session's own model stays in the list when its provider has gone.

    `wanted` is what was chosen for a conversation that is not there yet.
    """
    found = [(f"{choice.provider}{SEPARATOR}{choice.model}", choice.label) for choice in model_choices()]
    own = own_choice(session, [value for value, _ in found]) if session else ""
    if own and own not in dict(found):
        found.append((own, own.strip(SEPARATOR).replace(SEPARATOR, " · ")))
    if session is None and wanted in dict(found):
        own = wanted
    current = own or (found[0][0] if found else "")
    return [Choice(value, label, value == current) for value, label in found]


def own_choice(session: Session, offered: list[str]) -> str:
    """The session's model; where it names a provider alone, that one's first; empty for the default."""
    if session.model or not session.provider:
        return f"{session.provider}{SEPARATOR}{session.model}" if session.model else ""
    start = f"{session.provider}{SEPARATOR}"
    return next((value for value in offered if value.startswith(start)), start)


def chosen(value: str, session: Session | None = None) -> tuple[str, str]:
    """The provider and model that a form names.

    Raises:
        BadValue: the session is not offered that.
    """
    if value not in {choice.value for choice in choices(session)}:
        raise BadValue(_("That model is not offered any more. Choose another one."), field="model")
    return split(value)


def change_of(value: str, session: Session) -> dict[str, str]:
    """What a form's choice changes in the session; nothing where it is what is shown there.

    Raises:
        BadValue: as `chosen`.
    """
    shown = next((choice.value for choice in choices(session) if choice.is_chosen), "")
    if not value or value == shown:
        return {}
    provider, model = chosen(value, session)
    return {"provider": provider, "model": model}


def split(value: str) -> tuple[str, str]:
    """The provider and model of a choice."""
    provider, _, model = value.partition(SEPARATOR)
    return provider, model
