"""Each way of failing is told alike by every provider, and what had come is kept. Proves B15, A13."""

from __future__ import annotations

import pytest

from chat.providers import http
from tests.chat.providers.kinds import KEY, SERVERS
from tests.faults import AFTER, FAULTS, outcomes, table


@pytest.mark.parametrize("kind", sorted(SERVERS))
async def test_every_failure_is_told_in_the_same_words(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "CONNECT", 1.0)
    found = await outcomes(kind)
    assert len(found) == len(FAULTS) + sum(fault.has_after for fault in FAULTS)
    told = {(one.fault.name, one.after): (one.error.title, one.error.retryable, one.kept) for one in found}
    assert told == {
        (one.fault.name, one.after): (one.fault.title, one.fault.retryable, AFTER if one.after else 0)
        for one in found
    }
    waits = {one.fault.name: one.error.retry_after for one in found if one.error.retry_after}
    assert waits == {"rate limit": 7}
    for one in found:
        assert not any(
            secret in str(one.error) for secret in (KEY, "127.0.0.1", "http", "Traceback", "Error(")
        )
    assert table(found).count("\n") == len(found) + 1
