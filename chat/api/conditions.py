"""Conditional requests (RFC 9110, section 13): the entity tag of an answer, and what a request says of tags.

The tag is strong and stands for all that a GET of this caller would say: who sends it back changes nothing
that they have not seen. What only counts how often something is used is in a part of its own, for those who
ask whether they have the newest: nobody who uses a thing is in the way of one who changes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from chat.api.answers import json_answer
from chat.errors import Refused
from chat.http.empty import not_modified
from chat.versions import ChangedMeanwhile, Check, Row, unchecked, version_of_values

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
# What others count up by using a thing.
COUNTS = frozenset({"use_count", "last_used_at"})

# For `openapi_extra`: an answer that has a tag, and a change that may name one.
EXAMPLE = '"5d41402abc4b2a76b9"'
TAG = {
    "ETag": {
        "description": "The version; for If-None-Match and If-Match.",
        "schema": {"type": "string"},
        "example": EXAMPLE,
    }
}
_ONE = r'(W/)?"[\x21\x23-\x7e]*"'
TAGS = {"type": "string", "pattern": rf"^(\*|{_ONE}( *, *{_ONE})*)$", "examples": [EXAMPLE]}
READS = {
    "parameters": [
        {
            "in": "header",
            "name": "If-None-Match",
            "description": "Tags of what you have: if that is still so, the answer is 304, without a body.",
            "schema": TAGS,
        }
    ],
    "responses": {200: {"headers": TAG}, 304: {"description": "You have it.", "headers": TAG}},
}
CHANGES = {
    "parameters": [
        {
            "in": "header",
            "name": "If-Match",
            "description": "The tag of what you have seen: if it is not so any more, nothing is changed, "
            "and the answer is 412.",
            "schema": TAGS,
        }
    ]
}
REPLACES = CHANGES | {"responses": {200: {"headers": TAG}}}


class BadCondition(Refused):
    code = "bad-condition"
    status = 400
    title = "The condition cannot be read"


@dataclass(frozen=True, slots=True)
class Tags:
    """What a header names: each tag, and whether it is weak; none for `*`."""

    named: tuple[tuple[str, bool], ...]

    def have(self, tag: str) -> bool:
        """By the weak comparison."""
        return not self.named or any(value == tag for value, _is_weak in self.named)

    def name(self, version: str, *, is_strong: bool) -> bool:
        """Whatever was counted since. By the strong comparison a weak tag is like no other."""
        return not self.named or any(
            value.partition(".")[0] == version and not (is_strong and is_weak)
            for value, is_weak in self.named
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """What a request asks of the thing that it changes."""

    match: Tags | None
    none_match: Tags | None

    def on(self, said: Callable[[Row], dict[str, Any]]) -> Check[Row]:
        """That it holds for a row, of which a GET would say that."""

        def check(row: Row) -> None:
            version, _counted = _versions(said(row))
            if self.match and not self.match.name(version, is_strong=True):
                raise ChangedMeanwhile
            if self.none_match and self.none_match.name(version, is_strong=False):
                raise ChangedMeanwhile

        return check if self.match or self.none_match else unchecked


def condition_of(request: HttpRequest) -> Condition:
    """
    Raises:
        BadCondition: a header is no list of entity tags.
    """
    return Condition(_tags(request, "If-Match"), _tags(request, "If-None-Match"))


def tagged(
    request: HttpRequest, values: dict[str, Any], *, status: int = 200, whole: dict[str, Any] | None = None
) -> HttpResponse:
    """The values as JSON, with their tag; nothing but 304 to a GET of one who has them.

    `whole` is what a GET would say, where the answer says less.

    Raises:
        BadCondition: `If-None-Match` is no list of entity tags.
    """
    tag = ".".join(filter(None, _versions(values if whole is None else whole)))
    answer = json_answer(values, status=status)
    answer["ETag"] = f'"{tag}"'
    answer["Cache-Control"] = "private, no-cache"  # to be kept, and asked for anew each time
    known = _tags(request, "If-None-Match") if request.method == "GET" else None
    return not_modified(answer) if known and known.have(tag) else answer


def _versions(values: dict[str, Any]) -> tuple[str, str]:
    """Of what is said, and of what is counted, if anything is."""
    counted = {name: value for name, value in values.items() if name in COUNTS}
    said = {name: value for name, value in values.items() if name not in COUNTS}
    return version_of_values(said), version_of_values(counted) if counted else ""


def _tags(request: HttpRequest, header: str) -> Tags | None:
    text = request.headers.get(header)
    if text is None or text.strip() == "*":
        return None if text is None else Tags(())
    named = tuple((value, bool(weak)) for weak, value in _TAG.findall(text))
    between = [part.strip() for part in _TAG.sub('"', text).split(",")]
    if not named or between.count('"') != len(named) or set(between) - {'"', ""}:
        raise BadCondition(f"{header} takes entity tags in quotes, as an ETag has them, or “*”.")
    return Tags(named)
