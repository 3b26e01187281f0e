"""Imports over the API: sent, looked at again, cancelled, removed.

Proves F1.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from chat.api import outputs
from chat.models import AuditEntry, ImportJob, Session, User
from chat.services import imports
from tests.chat.api.client import Answer, Api
from tests.chat.api.test_attachments import upload
from tests.chat.importing.bringing import done
from tests.chat.importing.exports import claude, gpt, gpt_message, gpt_talk, packed

CIRCLE = gpt({"a": ("a", gpt_message("user", "Round"))}, title="Round and round", conversation_id="circle")
EXPORT = packed({"conversations.json": [gpt_talk("Hi", "Hello", title="Sea"), CIRCLE]})


def send(api: Api, content: bytes = EXPORT, name: str = "export.zip", field: str = "file") -> Answer:
    return upload(api, content, name, field=field, path="/chat/imports")


def test_a_file_is_taken_and_what_comes_of_it_can_be_read(api: Api, alice: User) -> None:
    sent = send(api)
    assert sent.status == 202
    outputs.Import.model_validate(sent.json)
    assert (sent.json["status"], sent.json["progress"], sent.json["format"]) == ("pending", 0, None)
    assert (sent.json["name"], sent.json["url"]) == ("export.zip", None)
    path = f"/chat/imports/{sent.json['id']}"
    done(ImportJob.objects.get())
    got = api.get(path).json
    outputs.Import.model_validate(got)
    assert (got["status"], got["progress"], got["format"], got["error"]) == ("complete", 100, "chatgpt", None)
    report = got["report"]
    assert {
        name: report[name] for name in ("conversations", "imported", "failed", "skipped", "messages")
    } == {
        "conversations": 2,
        "imported": 1,
        "failed": 1,
        "skipped": 0,
        "messages": 2,
    }
    came, failed = report["items"]
    session = Session.objects.get()
    assert (came["name"], UUID(came["session_id"]), came["messages"]) == ("Sea", session.pk, 2)
    assert (failed["name"], failed["notes"]) == (
        "Round and round",
        ["Its messages answer each other in a circle."],
    )
    assert api.get(f"/chat/sessions/{session.pk}/messages").json["items"][1]["content"] == "Hello"
    assert api.delete(path).status == 204
    assert api.get(path).status == 404
    assert Session.objects.count() == 1


def test_one_that_waits_is_cancelled_before_it_is_removed(api: Api) -> None:
    path = f"/chat/imports/{send(api).json['id']}"
    assert api.delete(path).status == 204
    assert api.get(path).json["status"] == "cancelled"
    assert not Path(ImportJob.objects.get().file.path).exists()
    assert api.delete(path).status == 204
    assert api.get(path).status == 404
    noted = AuditEntry.objects.filter(action__startswith="import").order_by("id")
    assert [entry.action for entry in noted] == ["import.begun", "import.cancelled", "import.removed"]


def test_a_file_that_is_none_ends_as_an_error_that_says_why(api: Api) -> None:
    send(api, b"Dear diary", "diary.txt")
    done(job := ImportJob.objects.get())
    got = api.get(f"/chat/imports/{job.pk}").json
    assert got["status"] == "error"
    assert got["error"].startswith("This is no JSON at all.")


def test_what_is_no_form_with_one_file_is_refused(api: Api, settings: Settings) -> None:
    assert api.post("/chat/imports", {"file": "x"}).status == 415
    assert send(api, field="document").status == 422
    assert send(api, b"").status == 422
    settings.IMPORT_MAX_BYTES = 10
    large = send(api)
    assert (large.status, large.json["errors"].keys()) == (413, {"file"})
    assert not ImportJob.objects.exists()


def test_there_is_a_limit_to_what_waits(api: Api) -> None:
    for _ in range(imports.MAX_OPEN):
        assert send(api).status == 202
    refused = send(api)
    assert (refused.status, refused.json["type"]) == (429, "/api/problems/too-many-jobs")
    assert int(refused.headers["Retry-After"]) > 0


def test_it_is_ones_own(api: Api, stranger: Api) -> None:
    path = f"/chat/imports/{send(api).json['id']}"
    assert stranger.get(path).status == 404
    assert stranger.delete(path).status == 404


@pytest.mark.parametrize("count", [1, 40])
def test_how_much_is_asked_does_not_grow_with_the_report(
    api: Api, count: int, django_assert_max_num_queries: object
) -> None:
    send(api, packed({"c.json": [gpt_talk("Hi", key=f"c{number}") for number in range(count)]}))
    done(job := ImportJob.objects.get())
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(api.get(f"/chat/imports/{job.pk}").json["report"]["items"]) == count


def test_claude_is_named_too(api: Api) -> None:
    send(api, packed({"conversations.json": [claude()]}))
    done(job := ImportJob.objects.get())
    got = api.get(f"/chat/imports/{job.pk}").json
    assert (got["format"], got["report"]["skipped"]) == ("claude", 1)
