"""The models that the composer offers, and what of them a form chose."""

from __future__ import annotations

from dataclasses import dataclass

from chat.generation.choice import model_choices
from chat.models import Session

SEPARATOR = "::"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


def choices(session: Session | None) -> list[Choice]:
    """The default first; a session's own model stays in the list when its provider has gone."""
    found = [(f"{choice.provider}{SEPARATOR}{choice.model}", choice.label) for choice in model_choices()]
    own = f"{session.provider}{SEPARATOR}{session.model}" if session and session.model else ""
    if own and own not in dict(found):
        found.append((own, session.model if session else own))
    chosen = own or (found[0][0] if found else "")
    return [Choice(value, label, value == chosen) for value, label in found]


def split(value: str) -> tuple[str, str]:
    """The provider and model of a choice; ("", "") for none, which means the default."""
    provider, _, model = value.partition(SEPARATOR)
    return provider, model
