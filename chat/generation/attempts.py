"""How often we ask a provider again before anybody sees that it failed, and after how long."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from chat.providers.contract import ProviderError

RETRIES = 2
# Seconds; each pause may be as short as half of what it is at most, so that not all come back at once.
FIRST_PAUSE = 0.5
GROWTH = 4
# One that asks for more time than that counts as failed now.
LONGEST_PAUSE = 5.0
# Nobody waits longer for the same provider; one that was silent for a minute is not asked again.
PATIENCE = 10.0


class Patience:
    """That for one provider, from now on."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, dice: Callable[[], float] = random.random
    ) -> None:
        self._clock, self._dice = clock, dice
        self._until = clock() + PATIENCE
        self._retries = 0

    def pause_after(self, error: ProviderError) -> float | None:
        """Seconds until it is asked again; None: it is not."""
        if not error.is_outage or self._retries >= RETRIES:
            return None
        longest: float = FIRST_PAUSE * GROWTH**self._retries
        pause = max(longest * (1 + self._dice()) / 2, error.retry_after or 0.0)
        if pause > LONGEST_PAUSE or self._clock() + pause > self._until:
            return None
        self._retries += 1
        return pause
