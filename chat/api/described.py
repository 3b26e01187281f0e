"""An OpenAPI document as plain rows for a template."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    place: str = ""
    is_required: bool = False
    description: str = ""


@dataclass(frozen=True)
class Answer:
    status: str
    kind: str


@dataclass(frozen=True)
class Described:
    """One operation."""

    method: str
    path: str
    summary: str
    description: str
    is_public: bool
    parameters: tuple[Field, ...]
    body: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Shape:
    name: str
    description: str
    fields: tuple[Field, ...]


def groups_of(schema: Json) -> list[tuple[str, list[Described]]]:
    """The operations by their tag, in the order of the document."""
    groups: dict[str, list[Described]] = defaultdict(list)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            groups[operation.get("tags", ["other"])[0]].append(_described(path, method, operation))
    return list(groups.items())


def shapes_of(schema: Json) -> list[Shape]:
    """The objects that go in and out, by name."""
    return [
        Shape(name, shape.get("description", ""), tuple(_fields(shape)))
        for name, shape in sorted(schema["components"]["schemas"].items())
    ]


def _described(path: str, method: str, operation: Json) -> Described:
    return Described(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        is_public=not operation["security"],
        parameters=tuple(_parameter(parameter) for parameter in operation.get("parameters", ())),
        body=_content_kind(operation.get("requestBody", {})),
        answers=tuple(
            Answer(status, _answer_kind(answer)) for status, answer in operation["responses"].items()
        ),
    )


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


def _answer_kind(answer: Json) -> str:
    if "$ref" in answer:
        return str(answer["$ref"]).rsplit("/", 1)[-1]
    return _content_kind(answer) or answer.get("description", "")


def _content_kind(content: Json) -> str:
    for media_type, body in content.get("content", {}).items():
        kind = kind_in_words(body.get("schema", {}))
        return kind if media_type == "application/json" else media_type
    return ""


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
