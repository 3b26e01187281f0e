"""What a setting of a provider's own looks like: its name, what it may be, and how a person reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chat.phrases import Phrase

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Phrase


@dataclass(frozen=True, slots=True)
class Option:
    """One that is not set is not sent, so the provider's default holds; there is no default of ours.

    `type` says which of the other fields count: a choice has `choices`, numbers have both limits, which are
    allowed themselves, a switch has nothing more and is sent only where it is on.
    """

    name: str
    type: Literal["choice", "integer", "number", "switch"]
    label: Phrase
    help: Phrase
    choices: tuple[Choice, ...] = ()
    minimum: float = 0
    maximum: float = 0

    def clean(self, value: object) -> Value | None:
        """What is kept of a value as JSON has it; None for one that is not set. Raises BadOption."""
        if value is None or value == "" or value is False:
            return None
        match self.type:
            case "switch":
                if value is True:
                    return True
                raise BadOption(self.name, Phrase("This is either on or off."))
            case "choice":
                return self._choice(value)
            case _:
                return self._number(value)

    def _choice(self, value: object) -> str:
        for choice in self.choices:
            if choice.value == value:
                return choice.value
        known = ", ".join(choice.value for choice in self.choices)
        raise BadOption(self.name, Phrase("This must be one of: %(known)s.", known=known))

    def _number(self, value: object) -> int | float:
        if isinstance(value, float) and value.is_integer() and self.type == "integer":
            value = int(value)
        wanted = int if self.type == "integer" else (int, float)
        if isinstance(value, bool) or not isinstance(value, wanted):
            raise BadOption(
                self.name,
                Phrase("This must be a whole number.")
                if self.type == "integer"
                else Phrase("This must be a number."),
            )
        if not self.minimum <= value <= self.maximum:
            raise BadOption(
                self.name,
                Phrase("This must be from %(least)s to %(most)s.", least=self.minimum, most=self.maximum),
            )
        return value


class BadOption(ValueError):
    """`field` is the option at fault, `words` say to a person what is wrong with it."""

    def __init__(self, field: str, words: Phrase) -> None:
        super().__init__(f"{field}: {words}")
        self.field = field
        self.words = words
