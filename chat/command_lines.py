"""What programs are run with: what of it may be shown, as many are given a key or a token there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chat.addresses import MASK, TOKEN, masked

# What options, variables and headers that hold a secret are called, or end with.
SECRET = re.compile(
    r"(^|[-_.])(access[-_]?)?(token|key|apikey|secret|password|passwd|pwd|pass|pat|auth|authorization|credentials?|bearer|dsn)$",
    re.IGNORECASE,
)
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


def hidden_in(whole: str, shown: str) -> tuple[str, ...]:
    """What the masks stand for."""
    pattern = "(.*)".join(map(re.escape, shown.split(MASK)))
    found = re.fullmatch(pattern, whole, re.DOTALL)
    return tuple(found.groups()) if found else (whole,)


def all_hidden(whole: Sequence[str], shown: Sequence[str]) -> Iterator[str]:
    for one, other in zip(whole, shown, strict=True):
        if one != other:
            yield from hidden_in(one, other)


def _shown(argument: str) -> str:
    if "://" in argument:
        name, sign, address = _parted(argument)
        return f"{name}{sign}{masked(address)}"
    if found := NAMED.fullmatch(argument):
        name, sign, value = found["name"], found["sign"], found["value"]
        return f"{name}{sign}{MASK}" if SECRET.search(name) or TOKEN.fullmatch(value) else argument
    return MASK if TOKEN.fullmatch(argument) else argument


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
