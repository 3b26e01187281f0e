"""Whether arguments fit a tool's schema, said so that a model can mend it. It is imported on first use.

Schema and arguments may both be hostile: nothing is fetched, no pattern is tried, and there is an end to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators
from referencing import Registry

from chat.tools.cleaning import line
from chat.tools.contract import ToolError

MOST_PROBLEMS = 5
SECONDS = 0.25
# A pattern cannot be interrupted, and to compare all with all takes as long.
UNTRIED = {"pattern", "patternProperties", "uniqueItems", "dynamicRef", "$dynamicRef"}
_deadline: ContextVar[float] = ContextVar("deadline")


class _TooLong(Exception):
    """The schema is one that takes too long, and is not checked further."""


def check(values: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Raises ToolError with what does not fit. A schema that is none fits all: the server checks it, too."""
    token = _deadline.set(time.monotonic() + SECONDS)
    try:
        problems = _problems(values, schema)
    finally:
        _deadline.reset(token)
    if problems:
        raise ToolError("The arguments do not fit the tool’s schema:\n" + "\n".join(problems))


def _problems(values: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    try:
        for error in _Bounded(schema, registry=Registry()).iter_errors(values):
            found.append(_said(error))
            if len(found) == MOST_PROBLEMS:
                break
    except _TooLong:
        pass
    except Exception:  # whatever a schema that is none makes of it
        return []
    return found


def _said(error: ValidationError) -> str:
    path = ".".join(str(step) for step in error.absolute_path)
    return f"- {line(path, 200) or 'arguments'}: {line(error.message, 300)}"


Check = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


def _timed(check_one: Check) -> Check:
    def timed(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if time.monotonic() > _deadline.get():
            raise _TooLong
        yield from check_one(validator, value, instance, schema) or ()

    return timed


_Bounded: Any = validators.create(
    meta_schema=Draft202012Validator.META_SCHEMA,
    validators={
        name: _timed(check_one)
        for name, check_one in Draft202012Validator.VALIDATORS.items()
        if name not in UNTRIED
    },
    type_checker=Draft202012Validator.TYPE_CHECKER,
)
