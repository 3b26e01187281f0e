"""Addresses of servers: what of one may be shown, as it may hold a password, a key or a token.

It knows nothing of what is asked there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit, urlunsplit

# What stands for each part that is not shown.
MASK = "***"
# What they say is no secret, and tells two addresses apart.
OPEN_PARAMETERS = {"api-version", "version", "beta"}
# Some servers know people by a part of the path.
TOKEN = re.compile(r"(?=[^/]*[0-9])(?=[^/]*[A-Za-z])[\w.~+=:%-]{20,}")


def masked(address: str) -> str:
    """Without name and password, values of the query, and what looks like a token; no URL: as it is."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return MASK
    return urlunsplit(_shown(parts)) if parts.netloc else address


def is_masked(address: str) -> bool:
    """Whether something in it stands for what is not shown, so that nothing can be asked there."""
    return MASK in address


def unmasked(typed: str, kept: str) -> str:
    """What a person means who was shown the masked form of what is kept; what they changed stays as typed."""
    return kept if typed == masked(kept) else typed


def secrets_in(address: str) -> set[str]:
    """What `masked` does not show of it, each by itself, as it is written and as it is meant."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return {address}
    return {*filter(None, _hidden(parts))} if parts.netloc else set()


def _hidden(parts: SplitResult) -> Iterator[str]:
    user, _sign, _host = parts.netloc.rpartition("@")
    for text in (user, *user.split(":", 1), parts.fragment, *filter(TOKEN.fullmatch, parts.path.split("/"))):
        yield from (text, unquote(text))
    for parameter in parts.query.split("&"):
        name, is_value, value = parameter.partition("=")
        if not is_value or name.lower() not in OPEN_PARAMETERS:
            yield from (value, unquote_plus(value)) if is_value else (name, unquote_plus(name))


def _shown(parts: SplitResult) -> SplitResult:
    user, is_user, host = parts.netloc.rpartition("@")
    path = "/".join(MASK if TOKEN.fullmatch(part) else part for part in parts.path.split("/"))
    query = "&".join(_parameter(part) for part in parts.query.split("&") if part)
    return SplitResult(
        parts.scheme,
        f"{MASK}@{host}" if is_user else host,
        path,
        query,
        MASK if parts.fragment else "",
    )


def _parameter(text: str) -> str:
    name, is_value, _value = text.partition("=")
    if not is_value:
        return MASK  # a key alone
    return text if name.lower() in OPEN_PARAMETERS else f"{name}={MASK}"
