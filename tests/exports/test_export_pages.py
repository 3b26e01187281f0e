"""Exports in the pages: the dialogs and their preview, the list, the file, and links for others.

Proves B13 and B14.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any, BinaryIO
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from chat.background import expiry
from chat.importers import Archive
from chat.models import ApiToken, AuditEntry, Message, Role, Session, User
from chat.services.model_lists import override_model
from chat.services.providers import save_provider
from chat.services.templates import save_template
from chat.services.tools import save_tool_server
from exports.content.transcript import GoOn, Transcript
from exports.formats import FORMATS
from exports.jobs import archive
from exports.jobs.beyond import IN_ACCOUNT, IN_JSON
from exports.jobs.files import stored_at
from exports.models import KEPT, ExportJob
from exports.options import BAD_LANGUAGE
from exports.views.own import PAGE
from tests.exports.exporting import done, unpacked
from tests.factories import (
    add_member,
    make_attachment,
    make_export,
    make_import,
    make_project,
    make_session,
    make_token,
    messages_of,
)

pytestmark = pytest.mark.django_db(transaction=True)
DIALOG = {"HX-Request": "true", "HX-Target": "dialog-body"}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def begun(client: Client, session: Session, **form: Any) -> ExportJob:
    answer = client.post(f"/chat/{session.pk}/export/", {"format": "json", **form}, headers=DIALOG)
    assert answer.status_code == 200, answer.content
    return ExportJob.objects.latest("id")


def body_of(answer: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(read)()


def test_the_dialog_offers_formats_and_what_is_in_them(alice: User) -> None:
    page = (
        browser(alice).get(f"/chat/{make_session(alice, ['Hi']).pk}/export/", headers=DIALOG).content.decode()
    )
    for name in ("json", "metadata", "timestamps", "alternatives", "part"):
        assert re.search(rf'(name|value)="{name}"', page)
    assert "<html" not in page
    assert "<html" in browser(alice).get(f"/chat/{make_session(alice, ['Hi']).pk}/export/").content.decode()


def test_what_was_chosen_is_what_is_exported(alice: User) -> None:
    session = make_session(alice, list("abcdef"))
    keys = [message.pk for message in messages_of(session)]
    client = browser(alice)
    job = begun(client, session, part="last", last="2", timestamps="1", heading_level="3")
    assert job.options["from_message_id"] == str(keys[4])
    assert (job.options["heading_level"], job.options["metadata"]) == (3, False)
    assert "timestamps" not in job.options
    job = begun(client, session, part="only", at=str(keys[1]))
    assert (job.options["from_message_id"], job.options["to_message_id"]) == (str(keys[1]), str(keys[1]))
    assert "from_message_id" not in begun(client, session, part="last", last="99").options


@pytest.mark.parametrize(
    "form",
    [
        {"format": "exe"},
        {"heading_level": "12"},
        {"part": "last", "last": "0"},
        {"part": "from", "at": str(uuid4())},
        {"code_language": "a b"},
    ],
)
def test_what_does_not_fit_is_said_in_the_dialog(alice: User, form: dict[str, str]) -> None:
    session = make_session(alice, ["Hi"])
    client = browser(alice)
    answer = client.post(f"/chat/{session.pk}/export/", {"format": "json", **form}, headers=DIALOG)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#export-error")
    assert client.post(f"/chat/{session.pk}/export/", {"format": "json", **form}).status_code == 422
    assert not ExportJob.objects.exists()


def test_it_says_what_the_name_of_a_language_may_have(alice: User) -> None:
    form = {"format": "markdown", "code_language": "a b"}
    answer = browser(alice).post(f"/chat/{make_session(alice).pk}/export/", form, headers=DIALOG)
    assert BAD_LANGUAGE in answer.content.decode()


@pytest.mark.parametrize("hours", ["", "2", "-1", "x", "8760"])
def test_a_link_of_another_length_than_those_on_offer_is_refused(alice: User, hours: str) -> None:
    job = make_export(alice, make_session(alice))
    client, path = browser(alice), f"/exports/{job.pk}/link/"
    answer = client.post(path, {"hours": hours}, headers=DIALOG)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, f"#link-error-{job.pk}")
    assert "an hour, a day or a week" in answer.content.decode()
    assert "an hour, a day or a week" in client.post(path, {"hours": hours}, follow=True).content.decode()
    assert not ExportJob.objects.filter(link_id__isnull=False).exists()


def test_without_script_the_way_leads_to_the_list_and_the_file(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    client = browser(alice)
    answer = client.post(f"/chat/{session.pk}/export/", {"format": "json", "timestamps": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/exports/")
    job = done(ExportJob.objects.get())
    assert f"/exports/{job.pk}/file/" in client.get("/exports/").content.decode()
    answer = client.get(f"/exports/{job.pk}/file/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"Hello" in body_of(answer)
    assert client.head(f"/exports/{job.pk}/file/").status_code == 200
    assert AuditEntry.objects.filter(action="export.taken").count() == 1


def test_the_list_goes_on_where_the_page_ends(alice: User, charlie: User) -> None:
    session = make_session(alice, ["Hello"])
    for number in range(PAGE * 2 + 1):
        make_export(alice, session, name=f"number {number}.json")
    make_export(charlie, make_session(charlie), name="not mine.json")
    client, seen, address = browser(alice), list[str](), ""
    page = client.get("/exports/").content.decode()
    while True:
        seen += re.findall(r'job__name">([^<]+)<', page)
        more = re.search(r'hx-get="(/exports/\?cursor=[^"]+)" hx-target="#jobs-more"', page)
        if not more:
            break
        headers = {"HX-Request": "true", "HX-Target": "jobs-more"}
        address = more[1]
        page = client.get(address, headers=headers).content.decode()
        assert "<main" not in page
    assert "The newest ones" in client.get(address).content.decode()
    assert seen == [f"number {number}.json" for number in reversed(range(PAGE * 2 + 1))]


def test_its_card_asks_for_itself_until_it_has_ended(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    client = browser(alice)
    job = begun(client, session)
    card = client.get(f"/exports/{job.pk}/?awaited=1", headers=DIALOG).content.decode()
    assert "every 700ms" in card
    done(job)
    card = client.get(f"/exports/{job.pk}/?awaited=1", headers=DIALOG).content.decode()
    assert "every" not in card
    assert "data-fetch" in card


def test_it_is_cancelled_begun_again_and_removed(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    client = browser(alice)
    job = begun(client, session)
    assert "Cancelled." in client.post(f"/exports/{job.pk}/end/", headers=DIALOG).content.decode()
    client.post(f"/exports/{job.pk}/again/", headers=DIALOG)
    job = done(job)
    assert job.status == "complete"
    name = job.file.name or ""
    assert default_storage.exists(name)
    assert client.post(f"/exports/{job.pk}/end/", headers=DIALOG).content == b""
    assert not default_storage.exists(name)
    assert not ExportJob.objects.exists()


def test_the_preview_is_made_of_the_first_messages(alice: User) -> None:
    session = make_session(alice, [f"number-{n}-end" for n in range(40)])
    answer = browser(alice).get(f"/chat/{session.pk}/export/preview/", {"format": "json", "part": "all"})
    page = answer.content.decode()
    assert "number-0-end" in page
    assert "number-39-end" not in page
    assert "Choose a format" in browser(alice).get(f"/chat/{session.pk}/export/preview/").content.decode()


@pytest.mark.parametrize("name", ["markdown", "text", "json"])
def test_the_preview_of_a_text_is_the_text(alice: User, name: str) -> None:
    session = make_session(alice, ["# Hello"], name="Tides")
    page = browser(alice).get(f"/chat/{session.pk}/export/preview/", {"format": name}).content.decode()
    assert '<pre class="preview__text' in page
    assert "Hello" in page


def test_the_preview_of_word_says_that_word_lays_out_the_pages(alice: User) -> None:
    session = make_session(alice, ["# Hello"])
    said = {
        name: browser(alice).get(f"/chat/{session.pk}/export/preview/", {"format": name}).content.decode()
        for name in ("docx", "html")
    }
    assert "laid out by Word" in said["docx"]
    assert "laid out by Word" not in said["html"]


def test_one_message_alone_has_to_be_named(alice: User) -> None:
    session = make_session(alice, ["secret", "Hi"])
    form = {"format": "json", "part": "only"}
    answer = browser(alice).post(f"/chat/{session.pk}/export/", form, headers=DIALOG)
    assert (answer.status_code, ExportJob.objects.count()) == (422, 0)


def test_what_others_write_meanwhile_does_not_fail_an_account_export(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite refuses a connection's write while it reads what another one has changed since."""
    for name in ("One", "Two", "Three"):
        make_session(alice, ["Hello"], name=name)
    monkeypatch.setattr(archive, "BATCH", 1)
    write = FORMATS["json"].write

    def writes(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
        other = Thread(target=_elsewhere)
        other.start()
        other.join()
        ExportJob.objects.update(progress=5)
        write(transcript, out, go_on)

    monkeypatch.setitem(FORMATS, "json", replace(FORMATS["json"], write=writes))
    client = browser(alice)
    assert client.post("/exports/", {"format": "json"}, headers={"HX-Request": "true"}).status_code == 201
    job = done(ExportJob.objects.get())
    assert (job.status, job.failed_count) == ("complete", 0)


def _elsewhere() -> None:
    try:
        User.objects.update(first_name="Changed")
    finally:
        connection.close()


def test_chosen_conversations_become_one_zip(alice: User, charlie: User) -> None:
    keys = [str(make_session(alice, ["Hello"]).pk) for _each in range(3)]
    client = browser(alice)
    assert "Export the chosen" in client.get("/exports/choose/", headers=DIALOG).content.decode()
    answer = client.post("/exports/many/", {"session_ids": keys, "format": "json"}, headers=DIALOG)
    assert answer.status_code == 200
    files = unpacked(body_of(client.get(f"/exports/{done(ExportJob.objects.get()).pk}/file/")))
    assert len(files) == 4
    foreign = str(make_session(charlie, ["Hello"]).pk)
    form = {"session_ids": [*keys, foreign], "format": "json"}
    assert client.post("/exports/many/", form, headers=DIALOG).status_code == 404


def test_all_that_is_ones_own_comes_in_one_zip(alice: User, charlie: User) -> None:
    make_session(alice, ["Mine"])
    make_session(charlie, ["Not mine"])
    client = browser(alice)
    client.post("/exports/", {"format": "json"})
    files = unpacked(body_of(client.get(f"/exports/{done(ExportJob.objects.get()).pk}/file/")))
    assert {"account.json", "manifest.json"} < {*files}
    assert len(files) == 3
    assert not any(b"Not mine" in content for content in files.values())
    assert b"password" not in files["account.json"]


def account_of(client: Client, form: str = "json") -> dict[str, bytes]:
    client.post("/exports/", {"format": form})
    job = done(ExportJob.objects.latest("created_at"))
    assert (job.status, job.failed_count) == ("complete", 0)
    return unpacked(body_of(client.get(f"/exports/{job.pk}/file/")))


def test_an_account_has_all_that_stands_beside_conversations_and_no_secret(alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    reply = {"provider": "workstation", "model": "m", "input_tokens": 3, "output_tokens": 4, "cost": "0.05"}
    Message.objects.filter(session=session, role="assistant").update(**reply)
    secret = make_token(alice)
    ApiToken.objects.update(name="backup script")
    make_project(alice, name="Garden", instructions="Be green.")
    save_template(owner=alice, values={"name": "Letter"})
    make_import(alice, name="old.zip", status="cancelled", ended_at=timezone.now())
    files = account_of(browser(alice))
    told, manifest = json.loads(files["account.json"]), json.loads(files["manifest.json"])
    assert manifest["account"] == [*told]
    assert any("trash" in words for words in manifest["left_out"])
    assert [(token["name"], token["scope"]) for token in told["tokens"]] == [("backup script", "full")]
    [usage] = told["usage"]
    assert (usage["model"], usage["replies"], usage["input_tokens"]) == ("m", 1, 3)
    assert (usage["output_tokens"], usage["cost"]) == (4, "0.05")
    assert told["projects"][0]["instructions"] == "Be green."
    assert [version["number"] for version in told["templates"][0]["versions"]] == [1]
    assert [job["name"] for job in told["imports"]] == ["old.zip"]
    kept = b"".join(files.values())
    for word in (secret, ApiToken.digest_of(secret), alice.password):
        assert word.encode() not in kept


def test_an_account_has_what_one_set_up_without_keys(alice: User, bob: User) -> None:
    key = "sk-live-0123456789abcdef"
    address = f"https://me:{key}@8.8.8.8/v1"
    values: dict[str, Any] = {"base_url": address, "api_key": key, "models": ["m"], "options": {"seed": 7}}
    save_provider(name="mine", kind="openai", owner=alice, **values)
    save_provider(name="theirs", kind="openai", owner=bob)
    override_model(owner=alice, provider="mine", model="m", values={"context_window": 8000})
    reached = {"name": "Files", "transport": "http", "url": f"https://8.8.8.8/?key={key}"}
    save_tool_server(actor=alice, values=reached, secrets={"X-Key": key})
    files = account_of(browser(alice))
    told = json.loads(files["account.json"])
    [provider], [model], [tools] = (told[kind] for kind in ("providers", "models", "tool_servers"))
    assert (provider["name"], provider["base_url"]) == ("mine", "https://***@8.8.8.8/v1")
    assert (provider["models"], provider["options"]) == (["m"], {"seed": 7})
    assert (model["model"], model["context_window"], model["max_output"]) == ("m", 8000, None)
    assert (tools["name"], tools["url"]) == ("Files", "https://8.8.8.8/?key=***")
    assert tools["secrets"] == ["X-Key"]
    assert key.encode() not in b"".join(files.values())


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_account_has_all_files_each_once(alice: User, charlie: User, form: str) -> None:
    sent, waiting = (
        make_attachment(alice, name=f"{name}.json", content=b"[]") for name in ("sent", "waiting")
    )
    gone = make_attachment(alice, name="../gone.txt")
    make_attachment(charlie, name="not mine.txt")
    sent.message = messages_of(make_session(alice, ["Hello"]))[0]
    sent.save(update_fields=["message"])
    gone.file.storage.delete(gone.file.name or "")
    files = account_of(browser(alice), form)
    told = {one["name"]: (one["path"], one["error"]) for one in json.loads(files["manifest.json"])["files"]}
    expected = {"waiting.json": ("files/waiting.json", None), "../gone.txt": (None, archive.GONE)}
    if form == "text":
        expected["sent.json"] = ("files/sent.json", None)
    assert told == expected
    assert {name for name in files if name.startswith("files/")} == {one[0] for one in expected.values()} - {
        None
    }
    assert files["files/waiting.json"] == b"[]"


def test_an_account_is_brought_back_whatever_its_files_are_called(alice: User, bob: User) -> None:
    make_session(alice, ["Hello"], name="Tides")
    make_attachment(alice, name="conversations.json", content=b'[{"title": "Not one of mine"}]')
    client = browser(alice)
    client.post("/exports/", {"format": "json"})
    [path] = [stored_at(done(job)) for job in ExportJob.objects.all()]
    with path.open("rb") as file, Archive(file) as opened:
        assert [document.name.split(" ")[-1] for document in opened.documents] == ["Tides.json"]


def test_a_link_opens_the_file_to_whoever_has_it_until_it_is_taken_back(alice: User) -> None:
    job = make_export(alice, make_session(alice))
    client, nobody = browser(alice), Client()
    card = client.post(f"/exports/{job.pk}/link/", {"hours": "24"}, headers=DIALOG).content.decode()
    found = re.search(r"/exports/from/[^/]+/", card)
    assert found
    page = nobody.get(found[0])
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    answer = nobody.get(f"{found[0]}file/")
    assert body_of(answer) == b"{}"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    job.refresh_from_db()
    assert job.link_count == 1
    client.post(f"/exports/{job.pk}/unlink/", headers=DIALOG)
    assert nobody.get(found[0]).status_code == 404
    assert nobody.get(f"{found[0]}file/").status_code == 404
    actions = (
        AuditEntry.objects.filter(action__startswith="export").order_by("id").values_list("action", flat=True)
    )
    assert [*actions] == ["export.shared", "export.taken", "export.unshared"]


def test_who_gives_json_away_is_told_what_it_holds_beyond_what_is_on_show(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    Message.objects.filter(session=session).update(visibility="hidden")
    assert b"Hello" in stored_at(done(begun(browser(alice), session))).read_bytes()
    client, nobody = browser(alice), Client()
    assert IN_JSON in client.get(f"/chat/{session.pk}/export/", headers=DIALOG).content.decode()
    for name, scope, told in (
        ("json", "one", {IN_JSON}),
        ("pdf", "one", set()),
        ("all", "many", {IN_JSON}),
        ("pdf", "account", {IN_ACCOUNT}),
    ):
        job = make_export(alice, session, format=name)
        ExportJob.objects.filter(pk=job.pk).update(scope=scope)
        card = client.post(f"/exports/{job.pk}/link/", {"hours": "1"}, headers=DIALOG).content.decode()
        found = re.search(r"/exports/from/[^/]+/", card)
        assert found
        for page in (card, nobody.get(found[0]).content.decode()):
            assert {words for words in (IN_JSON, IN_ACCOUNT) if words in page} == told, name


def test_a_link_ends_with_its_time_with_its_maker_and_with_a_newer_one(alice: User) -> None:
    job = make_export(alice, make_session(alice))
    client, nobody = browser(alice), Client()

    def made() -> str:
        card = client.post(f"/exports/{job.pk}/link/", {"hours": "1"}, headers=DIALOG).content.decode()
        found = re.search(r"/exports/from/[^/]+/", card)
        assert found
        return found[0]

    first, second = made(), made()
    assert (nobody.get(first).status_code, nobody.get(second).status_code) == (404, 200)
    assert nobody.get(second[:-2] + "x/").status_code == 404
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert nobody.get(second).status_code == 404
    User.objects.filter(pk=alice.pk).update(is_active=True)
    ExportJob.objects.update(link_expires_at=timezone.now() - timedelta(seconds=1))
    assert nobody.get(second).status_code == 404


def test_files_are_kept_for_a_week(alice: User) -> None:
    job = make_export(alice, make_session(alice))
    name = job.file.name or ""
    assert not expiry.is_due()
    ExportJob.objects.update(ended_at=timezone.now() - KEPT - timedelta(minutes=1))
    assert expiry.is_due()
    assert expiry.sweep() == 1
    assert not ExportJob.objects.exists()
    assert not default_storage.exists(name)


def test_a_reader_of_a_project_exports_its_conversations(alice: User, bob: User, charlie: User) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.VIEWER)
    session = make_session(alice, ["Hello"], project=project)
    assert done(begun(browser(bob), session)).status == "complete"
    for path in (f"/chat/{session.pk}/export/", f"/chat/{session.pk}/export/preview/?format=json"):
        assert browser(charlie).get(path).status_code == 404


def test_the_menus_lead_to_it(alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    page = browser(alice).get(f"/chat/{session.pk}/").content.decode()
    assert f"/chat/{session.pk}/export/" in page
    assert "/exports/choose/" in page
    [message, _reply] = messages_of(session)
    dialog = browser(alice).get(f"/messages/{message.pk}/export/", headers=DIALOG).content.decode()
    assert 'value="only"' in dialog


def test_the_preview_of_a_pdf_is_its_first_page_and_says_which_letters_it_lacks(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(alice, ["Hello", "\U00013000 and on"])
    client = browser(alice)
    page = client.get(f"/chat/{session.pk}/export/preview/", {"format": "pdf"}).content.decode()
    assert 'src="data:image/png;base64,' in page
    monkeypatch.setitem(
        FORMATS, "pdf", replace(FORMATS["pdf"], lacks=lambda text: ["Hieroglyphs"] * ("\U00013000" in text))
    )
    page = client.get(f"/chat/{session.pk}/export/preview/", {"format": "pdf"}).content.decode()
    assert "all letters of: Hieroglyphs." in page


def test_a_link_opens_nothing_once_its_maker_put_the_conversation_away(alice: User) -> None:
    session = make_session(alice, ["Hello"])
    job = make_export(alice, session)
    client, nobody = browser(alice), Client()
    card = client.post(f"/exports/{job.pk}/link/", {"hours": "1"}, headers=DIALOG).content.decode()
    found = re.search(r"/exports/from/[^/]+/", card)
    assert found
    assert nobody.get(found[0]).status_code == 200
    Session.objects.filter(pk=session.pk).update(deleted_at=timezone.now())
    assert nobody.get(found[0]).status_code == 404
    assert nobody.get(f"{found[0]}file/").status_code == 404
    assert client.get(f"/exports/{job.pk}/file/").status_code == 200


def test_what_a_process_left_in_the_folder_long_ago_is_swept(alice: User) -> None:
    job = make_export(alice, make_session(alice))
    folder = stored_at(job).parent
    for name, days in (("old.part", 30), ("new.part", 1)):
        (folder / name).write_bytes(b"half")
        moment = (timezone.now() - timedelta(days=days)).timestamp()
        os.utime(folder / name, (moment, moment))
    assert done(begun(browser(alice), make_session(alice, ["Hello"]))).status == "complete"
    assert {path.name for path in folder.glob("*.part")} == {"new.part"}
    assert stored_at(job).exists()
