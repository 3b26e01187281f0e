"""An OpenAPI document as plain rows for a template."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Json = dict[str, Any]


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    place: str = ""
    is_required: bool = False
    description: str = ""


@dataclass(frozen=True)
class Content:
    """A body, or what an answer holds: its kind, the shape that it has if that has a name, and an example."""

    kind: str
    shape: str
    example: str


@dataclass(frozen=True)
class Answer:
    status: str
    description: str
    contents: tuple[Content, ...]


@dataclass(frozen=True)
class Described:
    """One operation; `failures` are the statuses of the errors that are described once for all."""

    name: str
    method: str
    path: str
    summary: str
    description: SafeString
    is_public: bool
    parameters: tuple[Field, ...]
    body: tuple[Content, ...]
    answers: tuple[Answer, ...]
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    name: str
    description: str
    operations: list[Described]


@dataclass(frozen=True)
class Shape:
    name: str
    description: SafeString
    fields: tuple[Field, ...]


def groups_of(schema: Json) -> list[Group]:
    """The operations by their tag, in the order of the tags."""
    groups: dict[str, list[Described]] = defaultdict(list)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            groups[operation["tags"][0]].append(_described(path, method, operation))
    return [Group(tag["name"], tag["description"], groups[tag["name"]]) for tag in schema["tags"]]


def shapes_of(schema: Json) -> list[Shape]:
    """The objects that go in and out, by name."""
    return [
        Shape(name, in_html(shape.get("description", "")), tuple(_fields(shape)))
        for name, shape in sorted(schema["components"]["schemas"].items())
    ]


def failures_in(schema: Json) -> list[Answer]:
    """What each error looks like; its status is in its example."""
    answers = schema["components"]["responses"].values()
    return [_answer(_status_in(answer), answer) for answer in answers]


def in_html(text: str) -> SafeString:
    """Its paragraphs, and what stands in backticks as code."""
    coded = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    paragraphs = [one for one in coded.split("\n\n") if one.strip()]
    return mark_safe("".join(f"<p>{one}</p>" for one in paragraphs))


def _described(path: str, method: str, operation: Json) -> Described:
    told = operation["responses"].items()
    return Described(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=in_html(operation["description"]),
        is_public=not operation["security"],
        parameters=tuple(_parameter(parameter) for parameter in operation.get("parameters", ())),
        body=_contents(operation.get("requestBody", {})),
        answers=tuple(_answer(status, answer) for status, answer in told if "$ref" not in answer),
        failures=tuple(status for status, answer in told if "$ref" in answer),
    )


def _answer(status: str, answer: Json) -> Answer:
    return Answer(status, answer["description"], _contents(answer))


def _status_in(answer: Json) -> str:
    [content] = answer["content"].values()
    return str(content["example"]["status"])


def _contents(told: Json) -> tuple[Content, ...]:
    return tuple(_content(media_type, content) for media_type, content in told.get("content", {}).items())


def _content(media_type: str, content: Json) -> Content:
    schema, example = content.get("schema", {}), content.get("example", "")
    shape = kind_in_words(schema) if _is_named(schema) else ""
    text = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
    return Content("" if shape else media_type, shape.removesuffix(" or null"), text)


def _is_named(schema: Json) -> bool:
    return any("$ref" in option for option in (schema, *schema.get("anyOf", ())))


def _parameter(parameter: Json) -> Field:
    return Field(
        name=parameter["name"],
        kind=kind_in_words(parameter["schema"]),
        place=parameter["in"],
        is_required=parameter.get("required", False),
        description=parameter.get("description", ""),
    )


def _fields(shape: Json) -> Iterator[Field]:
    required = shape.get("required", ())
    for name, value in shape.get("properties", {}).items():
        yield Field(name, kind_in_words(value), "", name in required, value.get("description", ""))


def kind_in_words(schema: Json) -> str:
    """`string (uuid) or null`, `list of Message`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(kind_in_words(option) for option in options)
    if options := schema.get("enum"):
        return ", ".join(str(option) for option in options)
    if schema.get("type") == "array":
        return f"list of {kind_in_words(schema.get('items', {}))}"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
