"""What replies took, in words. A document has thousands: what depends on the language is looked up once."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import get_format
from django.utils.translation import gettext as _

from chat.models import Message
from chat.text import duration


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
        if (sent := message.input_tokens) is not None:
            before, after = self._sent
            facts.append(f"{before}{sent}{after}")
        if (received := message.output_tokens) is not None:
            before, after = self._received
            facts.append(f"{before}{received}{after}")
        if (cost := message.cost) is not None:
            facts.append("$" + self._decimal(cost))
        if (milliseconds := message.duration_ms) is not None:
            facts.append(self._time(milliseconds))
        return facts

    def _decimal(self, number: Decimal) -> str:
        return f"{number.normalize():f}".replace(".", self._point)

    def _time(self, milliseconds: int) -> str:
        """As `duration` has it, which cuts off what it does not tell."""
        if 1000 <= milliseconds < 60_000:
            before, after = self._seconds
            return f"{before}{milliseconds // 1000}{self._point}{milliseconds // 100 % 10}{after}"
        return duration(milliseconds)


def _around(words: str) -> tuple[str, str]:
    before, _n, after = words.partition("%(n)s")
    return before, after
