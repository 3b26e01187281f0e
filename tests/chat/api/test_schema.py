"""The schema says what the API does, and the page of it needs nothing from elsewhere.

Proves B25.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.utils.html import escape
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from chat.api import outputs
from chat.models import User
from tests.chat.api.client import Api, session_path
from tests.factories import make_attachment, make_session, messages_of


@pytest.fixture
def schema(nobody: Api) -> Any:
    answer = nobody.get("/openapi.json")
    assert answer.status == 200
    return answer.json


def test_it_names_all_of_the_contracts_operations(schema: Any) -> None:
    found = {f"{method} {path}" for path, operations in schema["paths"].items() for method in operations}
    sessions, messages = "/api/chat/sessions", "/api/chat/messages/{message_id}"
    one = f"{sessions}/{{session_id}}"
    assert found == {
        *(f"{method} {sessions}" for method in ("get", "post")),
        *(f"{method} {one}" for method in ("get", "put", "patch", "delete")),
        *(
            f"post {one}/{action}"
            for action in (
                "restore",
                "clear",
                "clear/undo",
                "branch",
                "duplicate",
                "merge",
                "merge/undo",
                "stop",
                "messages",
            )
        ),
        *(f"{method} {one}/summarize" for method in ("post", "get", "delete")),
        *(f"{method} {one}/suggest/{kind}" for method in ("post", "get") for kind in ("title", "tags")),
        f"get {messages}/sent",
        "get /api/chat/tools",
        *(f"{method} {one}/tools" for method in ("get", "patch")),
        f"post {messages}/calls/{{call_id}}",
        *(f"get {one}/{action}" for action in ("messages", "stream", "compare/{other_id}")),
        *(f"{method} {messages}" for method in ("get", "put", "delete")),
        *(f"post {messages}/{action}" for action in ("restore", "regenerate", "merge", "activate")),
        *(f"{method} {messages}/reactions/{{emoji}}" for method in ("put", "delete")),
        f"post {messages}/annotations",
        *(f"{method} {messages}/annotations/{{annotation_id}}" for method in ("put", "delete")),
        f"post {messages}/annotations/{{annotation_id}}/restore",
        "post /api/chat/attachments",
        "put /api/chat/threads/{project}/{scope_type}/{scope_id}",
        *(f"post {one}/{action}" for action in ("parts", "embed")),
        *(f"{method} /api/chat/projects" for method in ("get", "post")),
        *(f"{method} /api/chat/projects/{{slug}}" for method in ("get", "put", "patch", "delete")),
        "post /api/chat/projects/{slug}/restore",
        *(f"{method} /api/chat/projects/{{slug}}/members/{{username}}" for method in ("put", "delete")),
        "get /api/chat/search",
        *(f"get /api/usage{more}" for more in ("", "/limits")),
        *(f"{method} /api/chat/templates" for method in ("get", "post")),
        *(f"{method} /api/chat/templates/{{template_id}}" for method in ("get", "put", "patch", "delete")),
        "post /api/chat/templates/{template_id}/restore",
        *(f"get /api/chat/templates/{{template_id}}/versions{one}" for one in ("", "/{number}")),
        "post /api/chat/templates/{template_id}/versions/{number}/restore",
        *(
            f"{method} /api/chat/templates/{{template_id}}/members/{{username}}"
            for method in ("put", "delete")
        ),
        "get /api/chat/attachments/{attachment_id}",
        f"post {one}/export",
        "post /api/chat/export/bulk",
        "get /api/chat/exports/schema",
        *(f"{method} /api/chat/exports/{{export_id}}" for method in ("get", "delete")),
        "get /api/chat/exports",
        "get /api/chat/exports/{export_id}/download",
        *(f"{method} /api/chat/exports/{{export_id}}/link" for method in ("post", "delete")),
        "post /api/chat/imports",
        *(f"{method} /api/chat/imports/{{import_id}}" for method in ("get", "delete")),
        *(f"get {path}" for path in ("/api/openapi.json", "/api/docs", "/healthz", "/readyz")),
    }


def test_public_operations_say_so_and_all_others_need_one_of_two_keys(schema: Any) -> None:
    public = {
        path
        for path, operations in schema["paths"].items()
        for one in operations.values()
        if not one["security"]
    }
    schemas = {"/api/openapi.json", "/api/chat/exports/schema"}
    assert public == {*schemas, "/api/docs", "/healthz", "/readyz"}
    assert set(schema["components"]["securitySchemes"]) == {"Token", "BrowserSession"}
    for operations in schema["paths"].values():
        for operation in operations.values():
            assert operation["security"] in ([], [{"Token": []}, {"BrowserSession": []}])
            assert not operation["security"] or "401" in operation["responses"]


def operations_of(schema: Any) -> list[tuple[str, Any]]:
    """Each with its name."""
    return [(one["operationId"], one) for path in schema["paths"].values() for one in path.values()]


def test_it_is_valid_openapi(schema: Any) -> None:
    validate(schema)


def test_every_operation_is_described_with_examples(schema: Any) -> None:
    tags = {tag["name"]: tag["description"] for tag in schema["tags"]}
    names = [name for name, _ in operations_of(schema)]
    assert len(set(names)) == len(names)
    for name, operation in operations_of(schema):
        assert operation["summary"], name
        assert operation["description"], name
        assert [tags[tag] for tag in operation["tags"]], name
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (name, parameter["name"])
        for told in (operation.get("requestBody", {}), *operation["responses"].values()):
            for content in told.get("content", {}).values():
                assert "example" in content, name


def test_every_error_is_a_problem_with_an_example(schema: Any) -> None:
    answers = schema["components"]["responses"]
    for answer in answers.values():
        content = answer["content"]["application/problem+json"]
        assert content["example"]["title"]
        assert content["example"]["detail"]
        outputs.Problem.model_validate(content["example"])
    for name, operation in operations_of(schema):
        if operation["security"]:
            errors = {status: one for status, one in operation["responses"].items() if status >= "400"}
            assert "401" in errors, name
            assert all(one["$ref"].rsplit("/", 1)[-1] in answers for one in errors.values()), name


def test_every_example_has_the_shape_that_it_is_an_example_of(schema: Any) -> None:
    registry = {"$id": "urn:api", "components": schema["components"]}
    for name, operation in operations_of(schema):
        for told in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media_type, content in told.get("content", {}).items():
                if media_type == "application/json":
                    Draft202012Validator({**registry, **content["schema"]}).validate(content["example"])
                    assert content["example"], name


def test_what_was_made_links_to_what_can_be_done_with_it(schema: Any) -> None:
    by_name = dict(operations_of(schema))
    made = {
        name: list(by_name[name]["responses"]["201"]["links"])
        for name in ("create_session", "create_project")
    }
    assert {"get_session", "send_message", "list_messages", "branch_session"} <= set(made["create_session"])
    assert {"get_project", "delete_project", "set_member"} <= set(made["create_project"])
    for _, operation in by_name.items():
        for answer in operation["responses"].values():
            for name, link in answer.get("links", {}).items():
                taken = {one["name"] for one in by_name[name]["parameters"] if one["in"] == "path"}
                assert set(link["parameters"]) == taken


def test_what_is_limited_says_so(schema: Any) -> None:
    by_name = dict(operations_of(schema))
    for name in ("send_message", "edit_message", "regenerate_reply"):
        assert {"RateLimit", "RateLimit-Policy"} <= set(by_name[name]["responses"]["202"]["headers"])
        assert "429" in by_name[name]["responses"]
    for name in ("search_messages", "list_sessions", "start_import", "start_export", "start_bulk_export"):
        assert "429" in by_name[name]["responses"]


def test_it_says_what_json_holds_beyond_what_is_on_show(schema: Any) -> None:
    by_name = dict(operations_of(schema))
    for name in ("start_export", "start_bulk_export", "create_export_link"):
        assert "JSON holds more than is on show" in by_name[name]["description"]


def test_every_reference_leads_somewhere(schema: Any) -> None:
    for reference in re.findall(r"'\$ref': '#/([^']+)'", str(schema)):
        place: Any = schema
        for part in reference.split("/"):
            place = place[part]
        assert place


def test_answers_have_the_shapes_that_it_promises(api: Api, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    said = messages_of(session)[0]
    attachment = make_attachment(alice)
    attachment.message = said
    attachment.save(update_fields=["message"])
    path = session_path(session.id)
    outputs.SessionList.model_validate(api.get("/chat/sessions").json)
    outputs.SessionWithCursor.model_validate(api.get(path).json)
    outputs.Session.model_validate(api.patch(path, {"tags": ["a"]}).json)
    outputs.Message.model_validate(api.put(f"/chat/messages/{said.id}", {"content": "Hey"}).json)
    outputs.Annotation.model_validate(api.post(f"/chat/messages/{said.id}/annotations", {"body": "So?"}).json)
    outputs.Message.model_validate(api.put(f"/chat/messages/{said.id}/reactions/{quote('👍')}").json)
    outputs.MessageList.model_validate(api.get(f"{path}/messages").json)
    outputs.Sent.model_validate(api.post(f"{path}/messages", {"content": "Bye"}).json)
    outputs.Problem.model_validate(api.get("/nothing").json)


def test_the_page_lists_every_operation_and_runs_no_script(nobody: Api, schema: Any) -> None:
    page = nobody.get("/docs")
    assert page.status == 200
    text = page.body.decode()
    for name, operation in operations_of(schema):
        assert f'id="{name}"' in text
        assert escape(operation["summary"]) in text
    for path in schema["paths"]:
        assert path in text
    targets = set(re.findall(r' id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= targets
    assert "<script" not in text
    assert "style=" not in text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
