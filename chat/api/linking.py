"""What one can do with what was just made: links from the answers that make something to what takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

# Of each shape that comes of making something: parameters of paths, and where they stand in it.
KEYS = {
    "Session": {"session_id": "/id"},
    "Sent": {"message_id": "/user_message/id"},
    "Message": {"message_id": "/id"},
    "Annotation": {"message_id": "/message_id", "annotation_id": "/id"},
    "Attachment": {"attachment_id": "/id"},
    "Import": {"import_id": "/id"},
    "Export": {"export_id": "/id"},
    "Template": {"template_id": "/id"},
    "Project": {"slug": "/slug", "username": "/members/0/username"},
}
MADE = ("201", "202")


def add_links(schema: Json) -> None:
    """Give each answer that made something its links."""
    takers = [
        (operation["operationId"], set(re.findall(r"{(\w+)}", path)))
        for path, operations in schema["paths"].items()
        for operation in operations.values()
    ]
    for operations in schema["paths"].values():
        for operation in operations.values():
            for answer in _made(operation):
                links = _links(_shape(answer), takers)
                if links:
                    answer["links"] = links


def _made(operation: Json) -> Iterator[Json]:
    for status in MADE:
        if status in operation["responses"]:
            yield operation["responses"][status]


def _shape(answer: Json) -> str:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def _links(shape: str, takers: list[tuple[str, set[str]]]) -> Json:
    keys = KEYS.get(shape, {})
    return {
        name: {
            "operationId": name,
            "parameters": {one: f"$response.body#{keys[one]}" for one in sorted(wanted)},
        }
        for name, wanted in takers
        if wanted and wanted <= set(keys)
    }
