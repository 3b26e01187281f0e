"""The OpenAPI document: what the framework makes of the operations, and what it does not know of them."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI

from chat.api.outputs import Problem
from chat.http.problems import MEDIA_TYPE

MAY_CONFLICT = ("clear", "messages", "regenerate", "activate", "{message_id}")
MAY_BE_TOO_MANY = ("messages", "regenerate", "{message_id}")
PUBLIC = {
    "/healthz": "Whether the process is alive.",
    "/readyz": "Whether it takes work: 503 while it starts, while it drains, and without a database.",
}


class DescribedAPI(NinjaAPI):
    """An API whose schema has its problems, its public operations, and its health checks."""

    @cached_property
    def described(self) -> dict[str, Any]:
        schema: dict[str, Any] = dict(self.get_openapi_schema())
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _describe(operation, path, method)
        schema["paths"].update({path: _health(text) for path, text in PUBLIC.items()})
        components = schema["components"]
        components["schemas"]["Problem"] = Problem.model_json_schema()
        components["responses"] = {"Problem": _problem_response()}
        schema["servers"] = [{"url": "/"}]
        return schema


def _describe(operation: dict[str, Any], path: str, method: str) -> None:
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    if "security" not in operation:
        operation["security"] = []
        return
    for status in _problems(operation, path, method):
        operation["responses"][str(status)] = {"$ref": "#/components/responses/Problem"}


def _problems(operation: dict[str, Any], path: str, method: str) -> list[int]:
    last = path.rsplit("/", 1)[-1]
    found = [401]
    if method not in ("get", "head"):
        found += [403]
    if "{" in path:
        found += [404]
    if "requestBody" in operation:
        found += [400, 413, 415]
    if "requestBody" in operation or operation["parameters"]:
        found += [400, 422]
    if method != "get" and last in MAY_CONFLICT:
        found += [409]
    if method in ("post", "put") and last in MAY_BE_TOO_MANY:
        found += [429]
    return sorted(set(found))


def _problem_response() -> dict[str, Any]:
    return {
        "description": "What is wrong, in words.",
        "headers": {
            "Retry-After": {"description": "Seconds, with 429.", "schema": {"type": "integer"}},
            "WWW-Authenticate": {"description": "With 401.", "schema": {"type": "string"}},
        },
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _health(summary: str) -> dict[str, Any]:
    answers = {
        str(status): {"description": HTTPStatus(status).phrase}
        for status in ((200,) if "alive" in summary else (200, 503))
    }
    return {"get": {"summary": summary, "tags": ["health"], "security": [], "responses": answers}}
