"""The token in an `Authorization` header."""

from __future__ import annotations


def bearer_token(header_value: str) -> str:
    """The token of `Bearer TOKEN`; "" for none. Other schemes are for a proxy in front."""
    scheme, _, token = header_value.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
