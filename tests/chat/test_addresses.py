"""An address is shown without what may be a secret in it.

Proves B15.
"""

from __future__ import annotations

import pytest

from chat.addresses import MASK, is_masked, masked, secrets_in, unmasked

WHOLE = "https://me:pa55@gw.example:8443/v1?api-version=2024-10&key=abc"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://api.example/v1", "https://api.example/v1"),
        (WHOLE, "https://***@gw.example:8443/v1?api-version=2024-10&key=***"),
        ("https://token@gw.example/v1", "https://***@gw.example/v1"),
        ("https://a@b:c@gw.example", "https://***@gw.example"),
        ("https://gw.example/s/Zm9vYmFyMTIzNDU2Nzg5MA/mcp", "https://gw.example/s/***/mcp"),
        ("https://gw.example/bot123456:Zm9vYmFyMTIzNDU2/mcp", "https://gw.example/***/mcp"),
        ("https://gw.example/openai/deployments/team/v1", "https://gw.example/openai/deployments/team/v1"),
        ("https://gw.example/v1?s3cret", "https://gw.example/v1?***"),
        ("https://gw.example/v1#s3cret", "https://gw.example/v1#***"),
        ("/srv/models/a1b2c3d4e5f6a1b2c3d4e5f6.gguf", "/srv/models/a1b2c3d4e5f6a1b2c3d4e5f6.gguf"),
        ("http://[me:pa55@", MASK),
        ("", ""),
    ],
)
def test_what_may_be_a_secret_is_not_shown(address: str, shown: str) -> None:
    assert masked(address) == shown
    assert masked(shown) == shown


def test_what_was_shown_and_came_back_unchanged_means_what_is_kept() -> None:
    assert unmasked(masked(WHOLE), WHOLE) == WHOLE
    assert unmasked("https://other.example/v1", WHOLE) == "https://other.example/v1"


def test_a_mask_that_was_carried_to_another_server_stays_one() -> None:
    carried = masked(WHOLE).replace("gw.example", "evil.example")
    assert is_masked(unmasked(carried, WHOLE))


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        (WHOLE, {"me:pa55", "me", "pa55", "abc"}),
        ("HTTPS://gw.example/v1?&key=a%2Fb&", {"a%2Fb", "a/b"}),
        ("https://gw.example/s/Zm9vYmFyMTIzNDU2Nzg5MA/mcp#s3cret", {"Zm9vYmFyMTIzNDU2Nzg5MA", "s3cret"}),
        ("https://gw.example/v1?" + "&".join(["a=1"] * 250), {"1"}),
        ("https://api.example/v1?version=2", set()),
        ("/srv/models/a1b2c3d4e5f6a1b2c3d4e5f6.gguf", set()),
        ("", set()),
    ],
)
def test_what_is_hidden_is_known_piece_by_piece(address: str, secrets: set[str]) -> None:
    assert secrets_in(address) == secrets
