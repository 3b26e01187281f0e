"""The schema says what the API does, and the page of it needs nothing from elsewhere."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

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
        *(f"get {one}/{action}" for action in ("messages", "stream", "compare/{other_id}")),
        *(f"{method} {messages}" for method in ("get", "put", "delete")),
        *(f"post {messages}/{action}" for action in ("restore", "regenerate", "activate")),
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
    assert public == {"/api/openapi.json", "/api/docs", "/healthz", "/readyz"}
    assert set(schema["components"]["securitySchemes"]) == {"Token", "BrowserSession"}
    for operations in schema["paths"].values():
        for operation in operations.values():
            assert operation["security"] in ([], [{"Token": []}, {"BrowserSession": []}])
            assert not operation["security"] or "401" in operation["responses"]


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
    for path in schema["paths"]:
        assert path in text
    assert "<script" not in text
    assert "style=" not in text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
