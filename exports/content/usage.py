"""What replies took, in words. A document has thousands: what depends on the language is looked up once."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import get_format
from django.utils.translation import gettext as _

from chat.fragments import duration
from chat.models import Message


class Usage:
    """In the language that was active when this was made."""

    def __init__(self) -> None:
        self._sent = _around(_("%(n)s tokens sent"))
        self._received = _around(_("%(n)s tokens received"))
        self._seconds = _around(_("%(n)s s"))
        self._point: str = get_format("DECIMAL_SEPARATOR")

    def of(self, message: Message) -> list[str]:
        """Nothing where nothing is known."""
        facts = []
        if message.input_tokens is not None:
            facts.append(self._sent.format(message.input_tokens))
        if message.output_tokens is not None:
            facts.append(self._received.format(message.output_tokens))
        if message.cost is not None:
            facts.append("$" + self._decimal(message.cost))
        if message.duration_ms is not None:
            facts.append(self._time(message.duration_ms))
        return facts

    def _decimal(self, number: Decimal) -> str:
        return f"{number.normalize():f}".replace(".", self._point)

    def _time(self, milliseconds: int) -> str:
        """As `duration` has it, which cuts off what it does not tell."""
        if 1000 <= milliseconds < 60_000:
            return self._seconds.format(f"{milliseconds // 100 / 10:.1f}".replace(".", self._point))
        return duration(milliseconds)


def _around(words: str) -> str:
    return words.replace("%(n)s", "{}")
