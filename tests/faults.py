"""The fault table: every way in which a model server fails, for each kind of provider, before and after text.

`python -m tests.faults` asks each over its own wire and prints the table in Markdown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from chat.providers.contract import ProviderError
from tests.chat.providers.asking import Answer, ask, prompt
from tests.chat.providers.kinds import KEY, SERVERS, Bed, bed_of

SILENCE = 0.4
AFTER = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """`model` makes the server fail so, at once or, where `has_after`, also after five tokens."""

    name: str
    model: str
    title: str
    retryable: bool
    has_after: bool = False
    key: str = KEY
    url: str = ""


UNREACHABLE = "http://127.0.0.1:1"
FAULTS = (
    Fault("wrong key", "n5", "Acme refused the API key", False, key="wrong"),
    Fault("key without the right", "e403", "Acme refused the API key", False),
    Fault("no credit left", "unpaid", "Acme wants to be paid", False),
    Fault("unknown model", "e404", "Acme does not know this model", False),
    Fault("conversation too long", "toolong", "The conversation is too long for this model", False),
    Fault("request refused", "shout", "Acme did not accept the request", False),
    Fault("rate limit", "e429", "Acme is asked too often", True),
    Fault("server error", "e500", "Acme is having trouble", True),
    Fault("overloaded", "e503", "Acme is having trouble", True),
    Fault("overloaded, as Anthropic says it", "e529", "Acme is having trouble", True),
    Fault("nobody there", "n5", "Acme cannot be reached", True, url=UNREACHABLE),
    Fault("head that trickles in", "late", "Acme stopped answering", True),
    Fault("silence", "hang", "Acme stopped answering", True, has_after=True),
    Fault("keep-alives alone", "pings", "Acme stopped answering", True, has_after=True),
    Fault("connection reset", "drop", "The reply was cut off", True, has_after=True),
    Fault("connection closed", "shut", "The reply was cut off", True, has_after=True),
    Fault("ended without an end", "cut", "The reply was cut off", True, has_after=True),
    Fault("damaged JSON", "bad", "The reply is damaged", True, has_after=True),
    Fault("line without end", "huge", "The reply is damaged", True, has_after=True),
    Fault("error within the stream", "err", "Acme reported an error", True, has_after=True),
    Fault("empty reply", "empty", "Acme sent an empty reply", True),
    Fault("held back by its filter", "filtered", "Acme sent an empty reply", True),
    Fault("HTML in place of a reply", "html", "Acme did not send a reply", False),
    Fault("packed reply", "gzip", "Acme did not send a reply", False),
    Fault("redirect to another host", "redirect", "Acme is not set up correctly", False),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    fault: Fault
    kind: str
    after: bool
    answer: Answer

    @property
    def error(self) -> ProviderError:
        assert self.answer.error is not None, (self.fault.name, self.kind, self.answer)
        return self.answer.error

    @property
    def kept(self) -> int:
        return self.answer.text.count("t")


async def outcomes(kind: str) -> list[Outcome]:
    """All at once, each by a provider of its own."""
    async with bed_of(kind) as bed:
        cases = [(fault, after) for fault in FAULTS for after in {False, fault.has_after}]
        return await asyncio.gather(*(outcome(bed, fault, after=after) for fault, after in cases))


async def outcome(bed: Bed, fault: Fault, *, after: bool) -> Outcome:
    provider = bed.make(fault.key, timeout=SILENCE, url=fault.url)
    model = f"{fault.model}{AFTER}" if after else fault.model
    return Outcome(fault, bed.kind, after, await ask(provider, prompt(model)))


def table(found: Iterable[Outcome]) -> str:
    """One row for each fault and moment; where all kinds say the same, it is said once."""
    rows: dict[tuple[str, bool], dict[str, str]] = {}
    for one in found:
        wait = f", in {one.error.retry_after:g} s" if one.error.retry_after else ""
        again = f"yes{wait}" if one.error.retryable else "no"
        told = f"{one.error.title.replace('Acme', '…')} | {again} | {'kept' if one.kept else '–'}"
        rows.setdefault((one.fault.name, one.after), {})[one.kind] = told
    lines = [
        "| failure | when | provider | what the person reads | try again? | text |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for (name, after), told_by in rows.items():
        when = "after the first token" if after else "before the first token"
        for told in dict.fromkeys(told_by.values()):
            kinds = [kind for kind, one in told_by.items() if one == told]
            who = "all" if len(kinds) == len(SERVERS) else ", ".join(kinds)
            lines.append(f"| {name} | {when} | {who} | {told} |")
    return "\n".join(lines)


async def main() -> None:
    found = await asyncio.gather(*(outcomes(kind) for kind in SERVERS))
    print(table(one for kind in found for one in kind))


if __name__ == "__main__":
    asyncio.run(main())
