"""How often a person may have providers tried: each trial has the server connect to an address of theirs."""

from __future__ import annotations

import time

from django.utils.translation import gettext as _

from chat import audit
from chat.errors import TooMany
from chat.models import User
from chat.services.rate_limits import PERIODS, Limit, take_of

LIMIT = Limit(20, PERIODS["min"])


class TooManyTrials(TooMany):
    code = "too-many-trials"


def count_trial(*, user: User, provider: str) -> None:
    """Count one trial, and note it.

    Raises:
        TooManyTrials: that is more than one may have in a minute.
    """
    taken = take_of(f"trials:{user.pk}", LIMIT, now=int(time.time() * 1000))
    wait = taken - LIMIT.step * LIMIT.count
    if wait > 0:
        words = _("That was tried very often. Wait a few seconds and try again.")
        raise TooManyTrials(words, retry_after=wait / 1000)
    audit.note(audit.Action.PROVIDER_TRIED, None, provider=provider)
