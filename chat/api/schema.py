"""The OpenAPI document: what the framework makes of the operations, and what it does not know of them."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation

from chat.api.examples import EVENTS, EXAMPLES
from chat.api.failures import LIMIT_HEADERS, LIMITED, failure_answers, failures_of, reference_to
from chat.api.linking import add_links
from chat.api.outputs import Problem

Json = dict[str, Any]

TAGS = {
    "sessions": "Conversations: listed, made, changed, put away and brought back; branches, copies, merges.",
    "messages": "What is said in a session, and what is noted on it. Sending one has it answered.",
    "streams": "What happens in a session, as it happens: server-sent events that can be resumed.",
    "attachments": "Files for messages.",
    "exports": "Conversations as files, made as jobs: for people to read, print and keep, and for programs.",
    "imports": "What was said elsewhere, brought in as a job.",
    "templates": "Models, settings, prompts and first messages that sessions begin with.",
    "projects": "Sessions that belong together, their instructions, and the people who take part.",
    "threads": "Sessions on objects of other programs, and what programs put into them themselves.",
    "usage": "What models took, and what is left of one's limits.",
    "tools": "What models may call, where it is on, and a person's word where a call waits for one.",
    "search": "Words and filters over all that one may read.",
    "documentation": "This document.",
    "health": "For what watches over the server.",
}
# Of parameters that say nothing of themselves.
PARAMETERS = {
    "session_id": "The session.",
    "other_id": "The session to compare with.",
    "message_id": "The message.",
    "annotation_id": "The note.",
    "attachment_id": "The file.",
    "import_id": "The import.",
    "export_id": "The export.",
    "template_id": "The template.",
    "number": "The number of the version.",
    "slug": "The project's slug.",
    "project": "A project's slug.",
    "username": "The name that the person logs in with.",
    "cursor": "`next` of the page before.",
    "limit": "How many at most.",
    "tag": "One of its tags.",
    "starred": "Only those with a star, or only those without.",
    "archived": "Only those in the archive, or only those outside it.",
    "provider": "The name of the provider that it is set to.",
    "model": "The model that it is set to.",
    "scope_type": "The kind of the object that it is about.",
    "scope_id": "The object that it is about.",
    "updated_after": "Later than this; without a zone, in UTC.",
    "updated_before": "Earlier than this; without a zone, in UTC.",
}


class DescribedAPI(NinjaAPI):
    """An API whose schema has examples, errors and links, its public operations, and its health checks."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return str(operation.view_func.__name__)

    @cached_property
    def described(self) -> Json:
        schema: Json = dict(self.get_openapi_schema())
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _describe(operation, path, method)
        schema["paths"].update(_health())
        schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        schema["components"]["responses"] = failure_answers()
        schema["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
        schema["servers"] = [{"url": "/"}]
        add_links(schema)
        return schema


def _describe(operation: Json, path: str, method: str) -> None:
    name = operation["operationId"]
    operation["summary"] = name.replace("_", " ").capitalize()
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", PARAMETERS.get(parameter["name"], ""))
        parameter["schema"] = _without_null(parameter["schema"])
    for told in (operation.get("requestBody", {}), *operation["responses"].values()):
        _add_examples(told)
    if name in LIMITED:
        for answer in operation["responses"].values():
            answer["headers"] = {**answer.get("headers", {}), **LIMIT_HEADERS}
    if "security" not in operation:
        operation["security"] = []
        return
    for status in failures_of(name, path, method, operation):
        operation["responses"][str(status)] = reference_to(status)


def _without_null(schema: Json) -> Json:
    """What is left out is none; there is no way to write it."""
    options = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(options) != 1:
        return schema
    rest: Json = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**rest, **options[0]}


def _add_examples(told: Json) -> None:
    """To a body or an answer, by what stands in it."""
    for media_type, content in told.get("content", {}).items():
        if media_type == "text/event-stream":
            content["example"] = EVENTS
        elif (shape := _shape(content.get("schema", {}))) in EXAMPLES:
            content["example"] = EXAMPLES[shape]


def _shape(schema: Json) -> str:
    """The name of the shape, also where there may be none."""
    options = [schema, *schema.get("anyOf", ())]
    found = [option["$ref"] for option in options if "$ref" in option]
    return str(found[0]).rsplit("/", 1)[-1] if found else ""


def _health() -> Json:
    well: Json = {"worker": "ok", "database": "ok"}
    states = {
        "type": "object",
        "required": [*well],
        "properties": {name: {"enum": ["ok", "not ready"]} for name in well},
    }
    return {
        "/healthz": _check(
            "healthz",
            "Whether the process is alive.",
            {200: {"text/plain": {"schema": {"type": "string"}, "example": "ok\n"}}},
        ),
        "/readyz": _check(
            "readyz",
            "Whether it takes work: 503 while it starts, while it drains, and without a database.",
            {
                200: {"application/json": {"schema": states, "example": well}},
                503: {"application/json": {"schema": states, "example": {**well, "worker": "not ready"}}},
            },
        ),
    }


def _check(name: str, description: str, answers: dict[int, Json]) -> Json:
    responses = {
        str(status): {"description": HTTPStatus(status).phrase, "content": content}
        for status, content in answers.items()
    }
    operation = {"operationId": name, "summary": name.capitalize(), "description": description}
    return {"get": {**operation, "tags": ["health"], "security": [], "responses": responses}}
