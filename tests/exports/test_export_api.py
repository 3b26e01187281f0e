"""Exports by the API: jobs that are begun, watched, downloaded, cancelled and removed.

Proves B13 and B14.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from chat.background import queue, runner
from chat.background.control import Control, Interrupted
from chat.background.queue import request_cancel
from chat.background.runner import OUR_FAULT
from chat.models import AuditEntry, Session, User, WorkerProcess
from exports.content.transcript import GoOn, Transcript
from exports.formats import FORMATS
from exports.jobs.files import part_at, stored_at
from exports.jobs.orders import MAX_OPEN, make_link
from exports.jobs.running import run_export
from exports.models import ExportJob
from exports.options import BAD_LANGUAGE
from tests.chat.api.client import Api
from tests.exports.exporting import done, exported, unpacked
from tests.factories import make_export, make_session, messages_of

pytestmark = pytest.mark.django_db(transaction=True)


def begun(user: User, session: Session) -> ExportJob:
    answer = Api(user).post(f"/chat/sessions/{session.pk}/export", {"format": "json"})
    return ExportJob.objects.get(pk=answer.json["id"])


def test_a_conversation_becomes_a_file_that_is_downloaded(alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"], name="Tides: the sea")
    api = Api(alice)
    begun = api.post(f"/chat/sessions/{session.pk}/export", {"format": "json"})
    assert begun.status == 202
    told = begun.json
    assert (told["status"], told["progress"], told["url"], told["size"]) == ("pending", 0, None, None)
    assert api.get(f"/chat/exports/{told['id']}/download").status == 409
    done(ExportJob.objects.get(pk=told["id"]))
    told = api.get(f"/chat/exports/{told['id']}").json
    assert (told["status"], told["progress"], told["error"]) == ("complete", 100, None)
    answer = api.get(told["url"].removeprefix("/api"))
    assert answer.status == 200
    assert len(answer.body) == told["size"] == int(answer.headers["Content-Length"])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Tides the sea.json"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert [one["content"] for one in json.loads(answer.body)["messages"]] == ["Hello", "Hi"]


@pytest.mark.parametrize("name", [*FORMATS])
def test_every_format_is_written(alice: User, name: str) -> None:
    session = make_session(alice, ["A word like Zwetschgenkuchen", "Indeed"])
    content = exported(alice, f"/chat/sessions/{session.pk}/export", format=name)
    assert len(content) > 20


def test_a_stranger_finds_neither_job_nor_file(alice: User, charlie: User) -> None:
    session = make_session(alice, ["Hello"])
    job = begun(alice, session)
    done(job)
    api = Api(charlie)
    assert api.post(f"/chat/sessions/{session.pk}/export", {"format": "json"}).status == 404
    assert api.get(f"/chat/exports/{job.pk}").status == 404
    assert api.get(f"/chat/exports/{job.pk}/download").status == 404
    assert api.delete(f"/chat/exports/{job.pk}").status == 404
    assert api.get(f"/chat/exports/{uuid4()}").status == 404


def test_what_does_not_fit_is_refused_by_name(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    stray = messages_of(make_session(alice, ["Elsewhere"]))[0]
    path = f"/chat/sessions/{session.pk}/export"
    api = Api(alice)
    bad: tuple[Any, ...] = (
        {},
        {"format": "exe"},
        {"format": "json", "options": {"colour": "red"}},
        {"format": "json", "options": {"timestamps": "yes"}},
        {"format": "json", "options": {"heading_level": 9}},
        {"format": "json", "options": {"from_message_id": str(stray.pk)}},
    )
    for body in bad:
        answer = api.post(path, body)
        assert (answer.status, bool(answer.json["errors"])) == (422, True), body
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize("name", ["a b", "c`", "c\u00ad++;", "{x}"])
def test_it_says_what_the_name_of_a_language_may_have(alice: User, name: str) -> None:
    path = f"/chat/sessions/{make_session(alice, ['Hello']).pk}/export"
    refused = Api(alice).post(path, {"format": "markdown", "options": {"code_language": name}})
    assert (refused.status, refused.json["errors"]) == (422, {"options.code_language": [BAD_LANGUAGE]})
    for name in ("c++", "objective-c", "c#", "asp.net", ""):
        asked = {"format": "markdown", "options": {"code_language": name}}
        assert Api(alice).post(path, asked).status == 202


def test_deleting_cancels_and_then_removes_with_the_file(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    api = Api(alice)
    job = begun(alice, session)
    assert api.delete(f"/chat/exports/{job.pk}").status == 204
    assert api.get(f"/chat/exports/{job.pk}").json["status"] == "cancelled"
    assert api.get(f"/chat/exports/{job.pk}/download").status == 409
    job = begun(alice, session)
    done(job)
    name = ExportJob.objects.get(pk=job.pk).file.name or ""
    assert default_storage.exists(name)
    assert api.delete(f"/chat/exports/{job.pk}").status == 204
    assert api.get(f"/chat/exports/{job.pk}").status == 404
    assert not default_storage.exists(name)


def test_one_who_lost_the_conversation_meanwhile_gets_no_file(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    job = begun(alice, session)
    Session.objects.filter(pk=session.pk).delete()
    job = done(job)
    assert job.status == "error"
    assert job.error is not None
    assert job.error["words"] == "This conversation is not there for you any more."


def test_many_become_one_zip_with_a_manifest_and_unique_names(alice: User) -> None:
    sessions = [
        make_session(alice, [f"Number {n}"], name=name)
        for n, name in enumerate(("Tea", "tea", "Tea", "../x"))
    ]
    keys = [str(session.pk) for session in sessions]
    files = unpacked(exported(alice, "/chat/export/bulk", session_ids=keys, format="json"))
    manifest = json.loads(files.pop("manifest.json"))
    assert len(files) == 4
    assert len({name.casefold() for name in files}) == 4
    assert not any("/" in name or ".." in name for name in files)
    assert [one["id"] for one in manifest["sessions"]] == keys
    for number, told in enumerate(manifest["sessions"]):
        [file] = told["files"]
        assert json.loads(files[file["name"]])["messages"][0]["content"] == f"Number {number}"


def test_many_in_every_format(alice: User) -> None:
    keys = [str(make_session(alice, ["Hello"]).pk)]
    files = unpacked(exported(alice, "/chat/export/bulk", session_ids=keys, format="all"))
    assert {name.split("/")[0] for name in files} == {*FORMATS, "manifest.json"}


def test_a_foreign_one_among_many_is_404_for_all_and_none_is_422(alice: User, charlie: User) -> None:
    own, foreign = make_session(alice, ["a"]), make_session(charlie, ["b"])
    api = Api(alice)
    keys = [str(own.pk), str(foreign.pk)]
    assert api.post("/chat/export/bulk", {"session_ids": keys, "format": "json"}).status == 404
    answer = api.post("/chat/export/bulk", {"session_ids": [], "format": "json"})
    assert (answer.status, [*answer.json["errors"]]) == (422, ["session_ids"])
    assert not ExportJob.objects.exists()


def test_a_range_is_of_one_conversation(alice: User) -> None:
    one, other = make_session(alice, ["a", "b"]), make_session(alice, ["c"])
    start = str(messages_of(one)[1].pk)
    body: dict[str, Any] = {"format": "json", "options": {"from_message_id": start}}
    refused = Api(alice).post("/chat/export/bulk", {**body, "session_ids": [str(one.pk), str(other.pk)]})
    assert (refused.status, [*refused.json["errors"]]) == (422, ["options"])
    refused = Api(alice).post("/chat/export/bulk", {**body, "session_ids": [str(other.pk)]})
    assert (refused.status, [*refused.json["errors"]]) == (422, ["from_message_id"])
    files = unpacked(exported(alice, "/chat/export/bulk", **body, session_ids=[str(one.pk)]))
    [told] = [json.loads(content) for name, content in files.items() if name != "manifest.json"]
    assert [message["content"] for message in told["messages"]] == ["b"]


def test_a_message_of_another_conversation_is_refused_by_name(alice: User) -> None:
    session, other = make_session(alice, ["a"]), make_session(alice, ["b"])
    keys = [str(messages_of(one)[0].pk) for one in (session, other)]
    body = {"format": "markdown", "options": {"message_ids": keys}}
    refused = Api(alice).post(f"/chat/sessions/{session.pk}/export", body)
    assert (refused.status, [*refused.json["errors"]]) == (422, ["message_ids"])
    assert not ExportJob.objects.exists()


def test_nobody_has_more_than_so_many_under_way(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    api = Api(alice)
    for _each in range(MAX_OPEN):
        assert api.post(f"/chat/sessions/{session.pk}/export", {"format": "json"}).status == 202
    refused = api.post(f"/chat/sessions/{session.pk}/export", {"format": "json"})
    assert (refused.status, refused.json["type"]) == (429, "/api/problems/too-many-jobs")
    assert int(refused.headers["Retry-After"]) > 0


def test_a_temporary_conversation_is_not_exported(alice: User) -> None:
    session = make_session(alice, ["Hello"], is_temporary=True)
    assert Api(alice).post(f"/chat/sessions/{session.pk}/export", {"format": "json"}).status == 409


def test_it_is_in_the_audit_log(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    exported(alice, f"/chat/sessions/{session.pk}/export", format="json")
    actions = AuditEntry.objects.filter(actor=alice, action__startswith="export").order_by("id")
    assert [entry.action for entry in actions] == ["export.begun", "export.taken"]
    assert actions[0].session_id == session.pk


def test_who_cancels_or_removes_one_is_in_the_audit_log(alice: User) -> None:
    api = Api(alice)
    job = begun(alice, make_session(alice, ["Hello"]))
    ExportJob.objects.update(status="running")
    for _again in range(2):
        api.delete(f"/chat/exports/{job.pk}")
    ExportJob.objects.update(status="cancelled", ended_at=timezone.now())
    api.delete(f"/chat/exports/{job.pk}")
    noted = AuditEntry.objects.filter(object_id=job.pk).order_by("id")
    assert [entry.action for entry in noted] == ["export.begun", "export.cancelled", "export.removed"]
    assert {entry.actor for entry in noted} == {alice}


class Killed(BaseException):
    """The process ends in the midst of it."""


def test_one_whose_process_was_killed_is_made_by_another(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(alice, list("abcdef"))
    job = begun(alice, session)

    def killed(_transcript: object, out: BinaryIO, _go_on: object) -> None:
        out.write(b"half")
        raise Killed

    worker = WorkerProcess.objects.create(host="here", pid=1, beat_at=timezone.now())
    with monkeypatch.context() as patched:
        patched.setitem(FORMATS, "json", replace(FORMATS["json"], write=killed))
        [(kind, claimed)] = queue.claim(worker_id=worker.pk, room=1)
        with pytest.raises(Killed):
            runner.do(
                kind, claimed, Control(claimed, worker_id=worker.pk, is_draining=lambda: False), worker.pk
            )
    job.refresh_from_db()
    assert (job.status, job.has_file) == ("running", False)
    worker.delete()
    queue.take_back(worker_id=uuid4(), busy_with=[])
    job = done(job)
    assert (job.status, job.attempts) == ("complete", 2)
    assert len(json.loads(stored_at(job).read_bytes())["messages"]) == 6
    assert not part_at(job).exists()


def test_a_message_that_cannot_be_written_is_named_with_what_to_do(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(alice, ["fine", "the **bad** one"])

    def fails(transcript: Transcript, _out: BinaryIO, go_on: GoOn) -> None:
        for entry in transcript.entries(go_on):
            if "bad" in entry.text:
                raise ValueError

    monkeypatch.setitem(FORMATS, "json", replace(FORMATS["json"], write=fails))
    job = begun(alice, session)
    job = done(job)
    assert job.error is not None
    assert job.error["words"].startswith("Message 2, which begins “the **bad** one”, could not be written.")
    told = Api(alice).get(f"/chat/exports/{job.pk}").json
    assert (told["status"], told["error"], told["url"]) == ("error", job.error["words"], None)


def test_a_fault_beside_the_messages_spoils_none_of_many(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = make_session(alice, ["fine"]), make_session(alice, ["bad"], name="Bad")
    write = FORMATS["json"].write

    def fails(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
        write(transcript, out, go_on)
        assert transcript.title != "Bad"

    monkeypatch.setitem(FORMATS, "json", replace(FORMATS["json"], write=fails))
    body = {"session_ids": [str(good.pk), str(bad.pk)], "format": "json"}
    manifest = json.loads(unpacked(exported(alice, "/chat/export/bulk", **body))["manifest.json"])
    assert [len(told["files"]) for told in manifest["sessions"]] == [1, 0]
    assert manifest["sessions"][1]["errors"] == [OUR_FAULT]


def test_one_that_cannot_be_written_among_many_spoils_none_of_them(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = make_session(alice, ["fine"]), make_session(alice, ["bad"])
    write = FORMATS["json"].write

    def fails(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
        for entry in transcript.entries():
            if entry.text == "bad":
                raise ValueError
        write(transcript, out, go_on)

    monkeypatch.setitem(FORMATS, "json", replace(FORMATS["json"], write=fails))
    body = {"session_ids": [str(good.pk), str(bad.pk)], "format": "json"}
    files = unpacked(exported(alice, "/chat/export/bulk", **body))
    manifest = json.loads(files["manifest.json"])
    assert (len(files), manifest["failed"]) == (2, 1)
    assert manifest["sessions"][1]["errors"][0].startswith("Message 1")


def test_it_goes_with_its_progress_and_ends_within_a_second_of_a_cancel(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(alice, ["Hello"])
    seen: list[int] = []

    def slow(_transcript: object, _out: object, go_on: GoOn) -> None:
        row = ExportJob.objects.get()
        for step in range(200):
            time.sleep(0.02)
            go_on(step / 200)
            seen.append(ExportJob.objects.get().progress)
            if step == 60:
                request_cancel(row)

    monkeypatch.setitem(FORMATS, "json", replace(FORMATS["json"], write=slow))
    Api(alice).post(f"/chat/sessions/{session.pk}/export", {"format": "json"})
    job = done(ExportJob.objects.get())
    assert job.status == "cancelled"
    assert job.ended_at is not None
    assert job.cancel_requested_at is not None
    assert (job.ended_at - job.cancel_requested_at).total_seconds() < 1
    assert 0 < max(seen) < 99
    assert not part_at(job).exists()


def test_the_schema_of_the_json_is_there_for_everybody(alice: User) -> None:
    answer = Api().get("/chat/exports/schema")
    assert answer.status == 200
    session = make_session(alice, ["Hello", "Hi"])
    told = json.loads(exported(alice, f"/chat/sessions/{session.pk}/export", format="json"))
    Draft202012Validator(answer.json).validate(told)


def test_one_that_another_process_has_taken_meanwhile_is_not_its_any_more(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(alice, ["Hello"])
    job = begun(alice, session)
    write = FORMATS["json"].write

    def stalls(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
        write(transcript, out, go_on)
        ExportJob.objects.filter(pk=job.pk).update(worker=None, status="pending")

    with monkeypatch.context() as patched:
        patched.setitem(FORMATS, "json", replace(FORMATS["json"], write=stalls))
        worker = WorkerProcess.objects.create(host="here", pid=1, beat_at=timezone.now())
        [(kind, claimed)] = queue.claim(worker_id=worker.pk, room=1)
        runner.do(kind, claimed, Control(claimed, worker_id=worker.pk, is_draining=lambda: False), worker.pk)
    job.refresh_from_db()
    assert (job.status, job.has_file) == ("pending", False)
    assert done(job).has_file


def test_ones_own_are_listed_in_pages_the_newest_first(alice: User, charlie: User) -> None:
    session = make_session(alice, ["Hello"])
    keys = [str(make_export(alice, session).pk) for _each in range(5)]
    make_export(charlie, make_session(charlie))
    api, found, cursor = Api(alice), list[str](), ""
    while True:
        page = api.get("/chat/exports", limit=2, **({"cursor": cursor} if cursor else {})).json
        assert set(page) == {"items", "next"}
        found += [one["id"] for one in page["items"]]
        if not (cursor := page["next"]):
            break
        assert len(page["items"]) == 2
    assert found == keys[::-1]
    assert api.get("/chat/exports", cursor="nobody").status == 422
    assert api.get("/chat/exports", limit=101).status == 422


def test_the_list_takes_no_more_queries_for_more_of_them(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    session = make_session(alice, ["Hello"])
    api = Api(alice)
    for _each in range(20):
        make_link(job=make_export(alice, session), lifetime=timedelta(hours=1))
    with django_assert_max_num_queries(4):
        assert len(api.get("/chat/exports").json["items"]) == 20


def test_a_link_is_made_replaced_and_taken_back(alice: User, charlie: User) -> None:
    job = make_export(alice, make_session(alice))
    api, nobody, path = Api(alice), Client(), f"/chat/exports/{job.pk}"
    assert api.get(path).json["link"] is None
    first = api.post(f"{path}/link", {"expires_in": 3600})
    assert first.status == 201
    ends = datetime.fromisoformat(first.json["expires_at"]) - timezone.now()
    assert timedelta(minutes=59) < ends <= timedelta(hours=1)
    assert nobody.get(first.json["url"]).status_code == 200
    second = api.post(f"{path}/link", {}).json
    assert api.get(path).json["link"] == second
    assert [nobody.get(link["url"]).status_code for link in (first.json, second)] == [404, 200]
    assert Api(charlie).post(f"{path}/link", {}).status == 404
    assert Api(charlie).delete(f"{path}/link").status == 404
    assert [api.delete(f"{path}/link").status for _again in range(2)] == [204, 204]
    assert nobody.get(second["url"]).status_code == 404
    noted = AuditEntry.objects.filter(object_id=job.pk).order_by("id").values_list("action", flat=True)
    assert [*noted] == ["export.shared", "export.shared", "export.unshared"]


@pytest.mark.parametrize("seconds", [0, -1, 8 * 24 * 3600, "3600", 1.5])
def test_a_link_lasts_some_time_and_a_week_at_most(alice: User, seconds: Any) -> None:
    job = make_export(alice, make_session(alice))
    refused = Api(alice).post(f"/chat/exports/{job.pk}/link", {"expires_in": seconds})
    assert (refused.status, [*refused.json["errors"]]) == (422, ["expires_in"])


def test_there_is_no_link_to_what_has_no_file(alice: User) -> None:
    job = begun(alice, make_session(alice, ["Hello"]))
    assert Api(alice).post(f"/chat/exports/{job.pk}/link", {}).status == 409


def test_a_process_that_lost_its_job_leaves_the_file_of_another_as_it_is(alice: User) -> None:
    job = make_export(alice, make_session(alice, ["Hello"]))
    given_out = stored_at(job)
    given_out.parent.mkdir(parents=True, exist_ok=True)
    given_out.write_bytes(b"of another process")
    with pytest.raises(Interrupted):
        run_export(job, Control(job, worker_id=uuid4(), is_draining=lambda: False))
    assert given_out.read_bytes() == b"of another process"
