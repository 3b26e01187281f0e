"""The markup of one message that the formats made of HTML share: nothing in it points out of the document.

Proves B13.
"""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from chat.models import Message, Session, User
from chat.rendering import render
from exports.content.articles import Articles
from exports.content.bodies import Bodies
from exports.content.transcript import Transcript
from exports.options import Options
from tests.exports.rich import CODE, LISTS, SCRIPTS, TABLES, make_rich_session
from tests.factories import add_message, make_attachment, make_session, messages_of

pytestmark = pytest.mark.django_db(transaction=True)


def articles(session: Session, *, is_print: bool = False, **options: object) -> str:
    chosen = Options.of(options)
    made = Articles(chosen, is_print=is_print)
    return "".join(made.whole(entry) for entry in Transcript(session, chosen).entries())


@pytest.mark.parametrize("is_print", [False, True])
def test_every_label_and_link_within_leads_to_something(alice: User, is_print: bool) -> None:
    session = make_rich_session(alice)
    made = articles(session, is_print=is_print, alternatives=True, reasoning=True)
    names = "" if is_print else Articles(Options()).names()
    ids = re.findall(r' id="([^"]+)"', names + made)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:aria-labelledby="|href="#)([^"]+)', made)) <= set(ids)
    assert "<button" not in made


def test_on_paper_nothing_folds_or_waits_for_keys(alice: User) -> None:
    made = articles(make_rich_session(alice), is_print=True, reasoning=True)
    assert made.count("<details ") == made.count(" open>") == 2
    assert "tabindex" not in made
    assert "<input" not in made
    assert "☑" in made


@pytest.mark.parametrize(("level", "found"), [(3, "3456"), (4, "4566"), (5, "5666"), (6, "6666")])
def test_headings_move_down_and_stay_in_order(level: int, found: str) -> None:
    html = Bodies(level=level, is_print=False).of(render("# a\n\n## b\n\n### c\n\n#### d <h3> `<h3>`"))
    assert "".join(re.findall(r"<h(\d)>", html)) == found == "".join(re.findall(r"</h(\d)>", html))
    assert html.count("&lt;h3&gt;") == 2


def test_words_that_look_like_our_tags_stay_as_they_are() -> None:
    words = render(CODE) + render(LISTS) + render(TABLES)
    quoted = render("```html\n" + words + "\n```\n\n" + words.replace("\n", " "))
    for is_print in (False, True):
        plain = re.sub("<[^>]*>", "", Bodies(level=4, is_print=is_print).of(quoted))
        assert plain.replace("☑ ", "").replace("☐ ", "") == re.sub("<[^>]*>", "", quoted)


def test_what_is_read_from_the_right_says_so_and_the_rest_stays() -> None:
    html = render(SCRIPTS + "\n\n- שלום\n- b\n\n> مرحبا")
    assert Bodies(level=3, is_print=False).of(html).count(' dir="auto"') == 6
    assert re.findall(r'<(\w+) dir="(\w+)"', Bodies(level=3, is_print=True).of(html)) == [
        ("p", "ltr"), ("p", "rtl"), ("p", "rtl"), ("p", "ltr"), ("ul", "rtl"), ("blockquote", "rtl"),
    ]  # fmt: skip
    plain = render("Only *words*, 中文 and 👍.")
    assert Bodies(level=3, is_print=False).of(plain) == plain
    with translation.override("ar"):
        assert Bodies(level=3, is_print=False).of(plain).count(' dir="auto"') == 1


def test_what_no_document_may_hold_is_replaced(alice: User) -> None:
    session = make_session(alice)
    add_message(session, None, "a\x01b\x85c\ufdd0d\ufffee\U0001ffff")
    add_message(session, None, "x", role="assistant", model="\x07\x9f\uffff<b>", is_active=False)
    made = articles(session, alternatives=True)
    assert "a\ufffdb\ufffdc\ufffdd\ufffde\ufffd" in made
    assert "\ufffd\ufffd\ufffd&lt;b&gt;" in made


def test_a_picture_is_embedded_once(alice: User) -> None:
    session = make_rich_session(alice)
    first, second, *_rest = messages_of(session)
    [picture] = first.attachments.filter(kind="image")
    with picture.file.open() as stored:
        content = stored.read()
    make_attachment(alice, name="again.png", content=content, kind="image", message=second)
    make_attachment(alice, name="broken.png", content=content[:99], kind="image", message=second)
    made = articles(session)
    assert made.count("<img ") == made.count("data:image/png;base64,") == 1
    assert f'<a href="#a-{picture.pk.hex}">again.png</a>' in made
    assert "<bdi>broken.png</bdi> <span>99\xa0bytes</span>" in made
    assert articles(session, is_print=True).count("<img ") == 2


def test_options_take_out_what_they_name(alice: User) -> None:
    session = make_rich_session(alice)
    made = articles(session, timestamps=False, metadata=False, tools=False, annotations=False)
    for part in ("<time", 'class="facts"', "<details", 'class="notes"', 'class="reactions"', "Alternative"):
        assert part not in made
        assert part in articles(session, reasoning=True, alternatives=True)


def test_a_reply_that_failed_says_why(alice: User) -> None:
    session = make_session(alice, ["One", ""])
    error = {"title": "No <room>", "detail": "at all"}
    Message.objects.filter(session=session, role="assistant").update(status="error", error=error)
    assert '<p class="trouble">No &lt;room&gt; at all</p>' in articles(session)
