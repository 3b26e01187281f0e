"""What comes in, checked at the edge: strict JSON, and field errors in words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser

from chat.http import problem

# Where pydantic's own words are for programmers.
WORDS = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known.",
    "string_unicode": "This text holds half a character (a lone surrogate).",
    "uuid_parsing": "This is not a UUID.",
    "uuid_type": "This is not a UUID.",
    "model_attributes_type": "This must be a JSON object.",
    "model_type": "This must be a JSON object.",
    "dict_type": "This must be a JSON object.",
    "string_pattern_mismatch": "This may not be blank.",  # the one pattern that we have asks for that
}
# pydantic counts "items" also of a text.
LIMITS = {
    "too_long": "This can have at most {max_length:,} {unit}.",
    "too_short": "This needs at least {min_length:,} {unit}.",
    "string_too_long": "This can have at most {max_length:,} {unit}.",
    "string_too_short": "This needs at least {min_length:,} {unit}.",
}
# Where a program knows an input by another name.
NAMES = {"message_id": "Idempotency-Key"}


class StrictParser(Parser):
    """JSON as RFC 8259 has it: without NaN, Infinity, and names that come twice."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(
            request.body, parse_constant=_refuse_constant, object_pairs_hook=_object_without_doubles
        )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")


def _object_without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("A name comes twice in an object.")
    return values


def field_errors(errors: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """pydantic's errors by field, as `settings.temperature`; one about all of it as `body`."""
    by_field: dict[str, list[str]] = defaultdict(list)
    for error in errors:
        where = error["loc"][2:] if error["loc"][0] == "body" else error["loc"][1:]
        by_field[_name(where)].append(_in_words(error))
    return dict(by_field)


def unknown_errors(names: Iterable[str]) -> dict[str, list[str]]:
    return {name: [WORDS["extra_forbidden"]] for name in sorted(names)}


def invalid(errors: dict[str, list[str]]) -> HttpResponse:
    """The problem that these errors are."""
    return problem(
        422,
        title="Some of this does not fit",
        code="invalid",
        detail="See the fields named in “errors”.",
        errors=errors,
    )


def is_body_missing(errors: list[dict[str, Any]]) -> bool:
    return any(error["type"] == "missing" and error["loc"] == ("body", "payload") for error in errors)


def _name(where: tuple[str | int, ...]) -> str:
    name = ".".join(str(part) for part in where)
    return NAMES.get(name, name) or "body"


def _unit(error: dict[str, Any]) -> str:
    is_list = error["ctx"].get("field_type") == "List"
    is_one = 1 in (error["ctx"].get("max_length"), error["ctx"].get("min_length"))
    return ("entry" if is_one else "entries") if is_list else ("character" if is_one else "characters")


def _in_words(error: dict[str, Any]) -> str:
    if limit := LIMITS.get(error["type"]):
        return limit.format(unit=_unit(error), **error["ctx"])
    text = WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text}."
