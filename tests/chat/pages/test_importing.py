"""The import page: a file is given, looked after while it comes in, and what came of it is told.

Proves F1.
"""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chat.models import ImportJob, Session, User
from chat.services.sessions import delete_session
from chat.views.imports import PAGE
from tests.chat.importing.bringing import done
from tests.chat.importing.exports import gpt, gpt_message, gpt_talk, packed
from tests.chat.pages.conftest import Ask, Response, text_of
from tests.factories import make_import, make_session

CIRCLE = gpt({"a": ("a", gpt_message("user", "Round"))}, title="Round <b>", conversation_id="circle")
EXPORT = packed({"conversations.json": [gpt_talk("Hi", "Hello", title="Sea & salt"), CIRCLE]})


def give(page: Client, content: bytes = EXPORT, *, is_htmx: bool = False) -> Response:
    headers = {"HX-Request": "true"} if is_htmx else {}
    return page.post("/imports/", {"file": SimpleUploadedFile("export.zip", content)}, headers=headers)


def report_of(page: Client, job: ImportJob) -> str:
    return text_of(page.get(f"/imports/{job.pk}/"))


def test_the_settings_lead_there(page: Client) -> None:
    assert 'href="/imports/"' in text_of(page.get("/settings/"))
    told = text_of(page.get("/imports/"))
    for place in ("ChatGPT", "Claude", "Open WebUI", "another Parley"):
        assert place in told


def test_without_script_a_file_is_given_and_looked_for_again(page: Client) -> None:
    assert give(page)["Location"] == "/imports/"
    job = ImportJob.objects.get()
    waiting = text_of(page.get("/imports/"))
    assert "Waiting for its turn…" in waiting
    assert "Look again" in waiting
    done(job)
    told = text_of(page.get("/imports/"))
    assert "One conversation came in, one failed" in re.sub(r"\s+", " ", told)
    assert 'hx-trigger="every 700ms"' not in told


def test_with_script_the_answer_is_its_card_which_looks_after_itself(page: Client) -> None:
    card = give(page, is_htmx=True)
    job = ImportJob.objects.get()
    assert card.status_code == 201
    assert f'hx-get="/imports/{job.pk}/" hx-trigger="every 700ms"' in text_of(card)
    done(job)
    asked = {"HX-Request": "true", "HX-Target": f"import-{job.pk}"}
    later = text_of(page.get(f"/imports/{job.pk}/", headers=asked))
    assert "One conversation came in" in later
    assert 'hx-trigger="every 700ms"' not in later
    assert "<main" not in later


def test_the_report_names_what_came_and_why_the_rest_did_not(page: Client, alice: User) -> None:
    give(page)
    job = done(ImportJob.objects.get())
    told = report_of(page, job)
    assert f'href="/chat/{Session.objects.get().pk}/"' in told
    assert "Sea &amp; salt" in told
    assert "Round &lt;b&gt;" in told
    assert "Its messages answer each other in a circle." in told
    text = page.get(f"/imports/{job.pk}/report/")
    assert text["Content-Disposition"].startswith("attachment")
    assert "2. Failed: Round <b> – Its messages answer" in text_of(text)


def test_reasons_are_in_the_readers_language(page: Client, alice: User) -> None:
    give(page)
    job = done(ImportJob.objects.get())
    give(page, b"Dear diary")
    failed = done(ImportJob.objects.exclude(pk=job.pk).get())
    alice.preferences = {"language": "de"}
    alice.save(update_fields=["preferences"])
    assert "Its messages answer each other" not in report_of(page, job)
    assert "no JSON at all" not in report_of(page, failed)


def test_a_card_above_its_report_has_the_whole_page_follow(page: Client) -> None:
    give(page)
    job = ImportJob.objects.get()
    path = f"/imports/{job.pk}/"
    asked = {
        "HX-Request": "true",
        "HX-Target": f"import-{job.pk}",
        "HX-Current-URL": f"http://testserver{path}",
    }
    assert "Waiting for its turn" in text_of(page.get(path, headers=asked))
    done(job)
    assert page.get(path, headers=asked)["HX-Refresh"] == "true"
    assert page.post(f"{path}end/", headers=asked)["HX-Redirect"] == "/imports/"


def test_what_was_deleted_here_can_be_brought_back_from_the_report(page: Client, alice: User) -> None:
    give(page)
    done(ImportJob.objects.get())
    session = Session.objects.get()
    delete_session(session=session)
    give(page)
    again = done(ImportJob.objects.order_by("-created_at")[0])
    told = report_of(page, again)
    assert f'action="/chat/{session.pk}/restore/"' in told
    page.post(f"/chat/{session.pk}/restore/")
    assert f'href="/chat/{session.pk}/"' in report_of(page, again)


def test_one_that_waits_is_cancelled_and_one_that_ended_is_taken_off(page: Client, htmx: Ask) -> None:
    give(page)
    job = ImportJob.objects.get()
    assert "Cancelled." in text_of(htmx(f"/imports/{job.pk}/end/"))
    assert text_of(htmx(f"/imports/{job.pk}/end/")) == ""
    assert not ImportJob.objects.exists()
    give(page)
    assert page.post(f"/imports/{ImportJob.objects.get().pk}/end/")["Location"] == "/imports/"


def test_what_is_not_taken_is_said_in_words(page: Client, settings: Settings) -> None:
    assert "Choose a file first." in text_of(page.post("/imports/"))
    settings.IMPORT_MAX_BYTES = 10
    refused = give(page)
    assert refused.status_code == 413
    assert "A file may have up to" in text_of(refused)
    asked = give(page, is_htmx=True)
    assert (asked.status_code, asked["Content-Type"]) == (413, "text/plain; charset=utf-8")


def test_the_list_asks_no_more_for_many(
    page: Client, alice: User, django_assert_max_num_queries: Ask
) -> None:
    for _ in range(12):
        make_import(alice, status="complete")
    with django_assert_max_num_queries(14):
        page.get("/imports/")


def test_hidden_messages_are_not_for_people(page: Client, alice: User) -> None:
    session = make_session(alice, ["Shown", "Also shown"])
    session.messages.filter(content="Shown").update(visibility="hidden", content="Only for the model")
    told = text_of(page.get(f"/chat/{session.pk}/"))
    assert "Also shown" in told
    assert "Only for the model" not in told


def test_the_list_goes_on_where_the_page_ends(page: Client, alice: User) -> None:
    for number in range(PAGE + 1):
        make_import(alice, name=f"number {number}.json", status="cancelled", ended_at=timezone.now())
    told = text_of(page.get("/imports/"))
    assert "number 0.json" not in told
    more = re.search(r'hx-get="(/imports/\?cursor=[^"]+)" hx-target="#jobs-more"', told)
    assert more
    rest = text_of(page.get(more[1], headers={"HX-Request": "true", "HX-Target": "jobs-more"}))
    assert re.findall(r">(number [0-9]+\.json)<", rest) == ["number 0.json"]
