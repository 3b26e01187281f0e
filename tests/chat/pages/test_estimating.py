"""Before one sends, the composer knows what it may take and cost; a reply says what it took.

Proves B15 and F6.
"""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chat.gauging import gauge_of
from chat.models import ConfiguredProvider, Message, User
from tests.chat.pages.conftest import text_of
from tests.chat.usage import limit, price, took
from tests.factories import add_message, make_session, messages_of, note_sent

# What was given for a reply: with the share that was kept free for it, all of the window.
MADE_OF = {"sections": [], "turns": 800, "files": 0, "window": 4000, "reply": 1000, "left_out": ""}


def numbers(client: Client, path: str) -> dict[str, Any]:
    text = text_of(client.get(path))
    return {
        name: json.loads(html.unescape(value)) for name, value in re.findall(r'data-(\w+)="([^"]*)"', text)
    }


def test_prices_of_all_models_are_there_and_unknown_ones_say_so(page: Client, settings: Settings) -> None:
    settings.OPENAI_API_KEY = "sk"
    price("default", input_price="1.5", output_price=6)
    ConfiguredProvider.objects.create(name="mine", kind="openai", base_url="http://x", model_names=["m"])
    ConfiguredProvider.objects.create(name="here", kind="local", base_url="a.gguf", model_names=["n"])
    prices = numbers(page, "/usage/estimate/")["prices"]
    assert prices["scripted::default"] == [1.5, 6]
    assert prices["openai::gpt-5-mini"] == [0.25, 2]
    assert (prices["mine::m"], prices["here::n"]) == (None, [0, 0])


def test_the_list_of_models_tells_the_price_that_counts_here(page: Client, settings: Settings) -> None:
    settings.OPENAI_API_KEY = "sk"
    assert "$0.25 in, $2 out per million" in text_of(page.get("/"))
    price("gpt-5-mini", "openai", input_price="0.125", output_price=1)
    shown = text_of(page.get("/"))
    assert "$0.125 in, $1 out per million" in shown
    assert "$0.25 in, $2 out" not in shown


def test_the_context_is_what_the_last_reply_had_told_and_what_came_after(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi", "x" * 400])
    reply = messages_of(session)[1]
    path = f"/chat/{session.pk}/estimate/"
    assert numbers(page, path)["context"] == (5 + 2 + 400) // 4
    Message.objects.filter(pk=reply.pk).update(input_tokens=1000, output_tokens=50)
    found = numbers(page, path)
    assert (found["context"], found["reply"]) == (1000 + 50 + 100, 50)
    session.settings = {"max_tokens": 20}
    session.save()
    assert numbers(page, path)["reply"] == 20


def test_what_was_given_for_a_reply_is_counted_anew_for_the_model_that_is_chosen_now(
    page: Client, alice: User
) -> None:
    ConfiguredProvider.objects.create(name="here", kind="local", base_url="a.gguf", model_names=["n"])
    session = make_session(alice, ["Hello", "Hi", "x" * 400], provider="scripted", model="default")
    *before, _last = messages_of(session)
    told = {"estimated_tokens": 800, "raw_tokens": 1000, "provider": "scripted", "model": "default"}
    note_sent(before[1], before[:1], made_of=MADE_OF, **told)
    Message.objects.filter(pk=before[1].pk).update(input_tokens=1500, output_tokens=90, reasoning_tokens=15)
    found = numbers(page, f"/chat/{session.pk}/estimate/")
    assert found["scales"] == {"scripted::default": 1.5, "here::n": 1.4}
    # What was thought does not go along, and is paid for.
    assert (found["context"], found["reply"]) == (1000 + (90 - 15) / 1.5 + 100, 90)
    gauge = gauge_of(session, alice)
    assert gauge
    assert (gauge.tokens, gauge.model, gauge.window) == (round(1150 * 1.5), "default", 4000)
    session.provider, session.model = "here", "n"
    gauge = gauge_of(session, alice)
    assert gauge
    assert (gauge.tokens, gauge.model, gauge.window) == (round(1150 * 1.4), "n", 8192)


def test_whose_model_has_gone_sees_what_the_last_one_was_given(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"], provider="gone", model="m")
    [said, reply] = messages_of(session)
    note_sent(reply, [said], made_of=MADE_OF, estimated_tokens=800, provider="gone", model="m")
    gauge = gauge_of(session, alice)
    assert gauge
    assert (gauge.model, gauge.window) == ("m", 4000)


def test_a_long_conversation_takes_no_more_queries(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            numbers(page, f"/chat/{session.pk}/estimate/")
        return len(found)

    few = queries()
    last = messages_of(session)[-1]
    for _ in range(20):
        last = add_message(session, last, "More")
        price(str(last.pk))
    assert queries() == few


def test_near_a_limit_the_composer_says_so(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    limit(cost=10, user=alice)
    took(alice, "7.99")
    paths = ("/", f"/chat/{session.pk}/")
    assert not any('class="near"' in text_of(page.get(path)) for path in paths)
    took(alice, "0.01", model="other")
    assert all("80 % of $10.00 a month is used" in text_of(page.get(path)) for path in paths)
    took(alice, 3, model="third")
    assert "The limit of $10.00 a month is used up" in text_of(page.get("/"))


def test_a_reply_says_what_it_took(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    reply = messages_of(session)[1]
    told = {"input_tokens": 12_400, "output_tokens": 310, "cached_tokens": 9000, "reasoning_tokens": 128}
    Message.objects.filter(pk=reply.pk).update(cost=Decimal("0.00421"), **told)
    foot = text_of(page.get(f"/chat/{session.pk}/"))
    assert "12.4k tokens in, 310 out" in foot
    assert "$0.0042" in foot
    facts = dict(page.get(f"/messages/{reply.pk}/sent/").context["facts"])
    assert (facts["From the provider’s cache"], facts["Of these, thoughts"]) == ("9,000", "128")
    assert (facts["Cost"], "Written to its cache" in facts) == ("$0.00421", False)
    Message.objects.filter(pk=reply.pk).update(cost=0)
    assert dict(page.get(f"/messages/{reply.pk}/sent/").context["facts"])["Cost"] == "free"
    Message.objects.filter(pk=reply.pk).update(cost=None)
    assert dict(page.get(f"/messages/{reply.pk}/sent/").context["facts"])["Cost"] == "unknown"
