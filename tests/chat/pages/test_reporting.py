"""Reports: made by a person, once for a message, and decided by a moderator in the admin.

Proves F4.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Message, Report, SessionEvent, User
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_session, make_user, messages_of

QUEUE = "/admin/chat/report/"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def reply(alice: User) -> Message:
    return messages_of(make_session(alice, ["Hello", f"Bad advice {HOSTILE}"]))[1]


@pytest.fixture
def moderator(client: Client, dana: User) -> Client:
    dana.is_superuser = True
    dana.save()
    other = Client()
    other.force_login(dana)
    return other


def test_a_report_is_kept_and_nobody_in_the_conversation_hears_of_it(
    htmx: Ask, alice: User, reply: Message
) -> None:
    html = text_of(htmx(f"/messages/{reply.id}/report/", {"reason": "harmful", "detail": " It burns. "}))
    assert "Thank you" in html
    report = Report.objects.get()
    assert (report.reporter, report.reason, report.detail) == (alice, "harmful", "It burns.")
    assert report.state == "open"
    assert not SessionEvent.objects.exists()


def test_a_second_report_of_the_same_message_says_so(page: Client, htmx: Ask, reply: Message) -> None:
    url = f"/messages/{reply.id}/report/"
    htmx(url, {"reason": "harmful"})
    assert "You reported this message before" in text_of(htmx(url, {"reason": "other"}))
    assert "You reported this message before" in text_of(page.get(url, headers={"HX-Request": "true"}))
    assert Report.objects.get().reason == "harmful"


@pytest.mark.parametrize(
    "form",
    [{}, {"reason": "boredom"}, {"reason": ""}, {"reason": "other", "detail": "x" * 2001}],
)
def test_a_bad_report_is_refused_where_it_was_written(
    htmx: Ask, reply: Message, form: dict[str, str]
) -> None:
    response = htmx(f"/messages/{reply.id}/report/", form)
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#report-error"
    assert not Report.objects.exists()


def test_reporting_works_without_script(page: Client, reply: Message) -> None:
    url = f"/messages/{reply.id}/report/"
    assert 'name="reason"' in text_of(page.get(url))
    kept = text_of(page.post(url, {"detail": "Keep me"}))
    assert "Keep me</textarea>" in kept
    response = page.post(url, {"reason": "other", "detail": "Keep me"})
    assert response["Location"] == f"/chat/{reply.session_id}/"
    assert Report.objects.get().detail == "Keep me"


def test_the_queue_shows_the_open_ones_escaped(moderator: Client, alice: User, reply: Message) -> None:
    report = Report.objects.create(message=reply, reporter=alice, reason="hate", detail=HOSTILE)
    listed = moderator.get(QUEUE, follow=True)
    assert listed.redirect_chain[0][0].endswith("?state__exact=open")
    shown = text_of(listed) + text_of(moderator.get(f"{QUEUE}{report.id}/change/"))
    assert "Bad advice &lt;script&gt;" in shown
    assert HOSTILE not in shown
    assert "It insults" in shown
    assert 'name="detail"' not in shown


@pytest.mark.parametrize(("action", "state"), [("resolve", "resolved"), ("dismiss", "dismissed")])
def test_a_moderator_decides_once(
    moderator: Client, dana: User, alice: User, reply: Message, action: str, state: str
) -> None:
    report = Report.objects.create(message=reply, reporter=alice, reason="hate")
    moderator.post(QUEUE, {"action": action, "_selected_action": [str(report.id)]})
    report.refresh_from_db()
    assert (report.state, report.decided_by) == (state, dana)
    decided_at = report.decided_at
    moderator.post(QUEUE, {"action": "dismiss", "_selected_action": [str(report.id)]})
    report.refresh_from_db()
    assert (report.state, report.decided_at) == (state, decided_at)
    assert "Bad advice" not in text_of(moderator.get(f"{QUEUE}?state__exact=open"))


def test_a_moderator_cannot_rewrite_a_report(moderator: Client, alice: User, reply: Message) -> None:
    report = Report.objects.create(message=reply, reporter=alice, reason="hate", detail="As it was")
    response = moderator.post(f"{QUEUE}{report.id}/change/", {"detail": "Other", "state": "resolved"})
    assert response.status_code == 403
    report.refresh_from_db()
    assert (report.detail, report.state) == ("As it was", "open")


def test_a_long_queue_costs_as_many_queries_as_a_short_one(moderator: Client, reply: Message) -> None:
    counts = []
    for number in (1, 9):
        for name in range(number):
            reporter = make_user(f"reporter{number}{name}")
            Report.objects.create(message=reply, reporter=reporter, reason="other")
        with CaptureQueriesContext(connection) as queries:
            moderator.get(f"{QUEUE}?state__exact=open")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_queue_is_for_staff(page: Client, reply: Message) -> None:
    assert page.get(QUEUE)["Location"].startswith("/admin/login/")
