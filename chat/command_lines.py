"""What programs are run with: what of it may be shown, as many are given a key or a token there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chat.addresses import MASK, masked, secrets_in

# What options, variables and headers that hold a secret are called, or end with.
SECRET = re.compile(
    r"(^|[-_.])(access[-_]?)?(token|key|apikey|secret|password|passwd|pwd|pass|pat|auth|authorization|credentials?|bearer|dsn)$",
    re.IGNORECASE,
)
# A word that is one by its looks; names of packages and images have other signs in them.
TOKEN = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[\w.~-]{20,}={0,2}")
# A name, its sign, and what it is: `--token=x`, `TOKEN=x`, `X-Api-Key: x`.
NAMED = re.compile(r"(?P<name>-{0,2}[\w.-]+)(?P<sign>\s*[=:]\s*)(?P<value>.+)", re.DOTALL)


def shown_arguments(arguments: Sequence[str]) -> list[str]:
    """The same, with the mask in the place of what may be a secret."""
    before = ["", *arguments]
    return [
        MASK if _is_secret_option(option) and not argument.startswith("-") else _shown(argument)
        for option, argument in zip(before, arguments, strict=False)
    ]


def meant_arguments(typed: Sequence[str], kept: Sequence[str]) -> list[str]:
    """What a person means who was shown the masked form of what is kept; what has no mask is as typed.

    A mask of which nobody knows what it stood for stays.
    """
    hidden = [pair for pair in zip(shown_arguments(kept), kept, strict=True) if MASK in pair[0]]
    return [_meant(one, hidden) if MASK in one else one for one in typed]


def secrets_of(arguments: Sequence[str]) -> set[str]:
    """What the masks stand for, each by itself."""
    found: set[str] = set()
    for whole, shown in zip(arguments, shown_arguments(arguments), strict=True):
        if whole != shown:
            found |= _hidden(whole) if shown != MASK else {whole}
    return found


def _hidden(argument: str) -> set[str]:
    """Of one that names what it holds, and is not a secret from its first sign on."""
    if "://" in argument:
        _name, _sign, address = _parted(argument)
        return secrets_in(address)
    found = NAMED.fullmatch(argument)
    assert found is not None
    return {found["value"]} if _is_secret(found) else _hidden(found["value"])


def _shown(argument: str) -> str:
    if "://" in argument:
        name, sign, address = _parted(argument)
        return f"{name}{sign}{masked(address)}"
    if TOKEN.fullmatch(argument):
        return MASK
    if found := NAMED.fullmatch(argument):
        return f"{found['name']}{found['sign']}{MASK if _is_secret(found) else _shown(found['value'])}"
    return argument


def _is_secret(named: re.Match[str]) -> bool:
    return SECRET.search(named["name"]) is not None or TOKEN.fullmatch(named["value"]) is not None


def _parted(argument: str) -> tuple[str, str, str]:
    """The address in it, and what stands before that."""
    start, _sign, _rest = argument.partition("://")
    name, sign, scheme = start.rpartition("=")
    return name, sign, argument[len(name) + len(sign) :] if scheme else argument


def _is_secret_option(option: str) -> bool:
    return option.startswith("-") and "=" not in option and SECRET.search(option.lstrip("-")) is not None


def _meant(typed: str, hidden: list[tuple[str, str]]) -> str:
    """The first that was shown so, which is none of the others then."""
    for place, (shown, kept) in enumerate(hidden):
        if shown == typed:
            del hidden[place]
            return kept
    return typed
