"""What comes in, checked at the edge: strict JSON, and field errors in words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

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
}


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
        by_field[".".join(str(part) for part in where) or "body"].append(_in_words(error))
    return dict(by_field)


def is_body_missing(errors: list[dict[str, Any]]) -> bool:
    return any(error["type"] == "missing" and error["loc"] == ("body", "payload") for error in errors)


def _in_words(error: dict[str, Any]) -> str:
    text = WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text}."
