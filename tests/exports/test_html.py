"""The HTML file of a conversation: whole in itself, valid, and safe whatever was said in it.

Proves B13.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import time
from datetime import timedelta

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from chat.models import Annotation, Message, Session, SessionTag, User
from exports.content.outline import outline_of
from exports.content.transcript import Transcript, not_told
from exports.formats import FORMATS
from exports.options import Options
from tests.browser.hostile import payloads
from tests.exports.comparing import compare
from tests.exports.rich import BEGUN, make_rich_session
from tests.factories import add_message, make_attachment, make_session, messages_of

pytestmark = pytest.mark.django_db(transaction=True)
ALL = {"alternatives": True, "reasoning": True}
# Of an element that the document may have, what could lead out of it.
ADDRESSES = re.compile(r"(?:https?://|mailto:|#)")


def written(session: Session, **options: object) -> str:
    out = io.BytesIO()
    FORMATS["html"].write(Transcript(session, Options.of(options)), out, not_told)
    return out.getvalue().decode("utf-8")


def parsed(document: str) -> html5lib.treebuilders.etree.Element:
    """By the rules of the HTML standard; any error is raised."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(document)


def assert_harmless(document: str) -> None:
    for element in parsed(document).iter():
        assert element.tag not in (
            "script",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "form",
            "svg",
            "video",
        )
        for name, value in element.attrib.items():
            assert not str(name).lower().startswith("on"), (element.tag, name)
            assert name not in ("style", "srcset", "srcdoc", "action", "formaction", "ping", "background")
            assert name != "src" or value.startswith("data:image/"), value
            assert name != "href" or ADDRESSES.match(value), value


def test_the_rich_conversation_is_written_as_it_was_when_somebody_looked(alice: User) -> None:
    session = make_rich_session(alice)
    Annotation.objects.update(created_at=BEGUN + timedelta(minutes=6))
    made = written(session, **ALL)
    made = re.sub("<style>.*?</style>", "<style></style>", made, flags=re.DOTALL)
    made = re.sub("sha256-[^']*", "sha256-", made)
    made = re.sub('base64,[^"]*', "base64,", made)
    compare("rich.html", re.sub('(<footer class="end">)[^<]*', r"\1", made))


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_it_is_valid_and_asks_for_nothing(alice: User, language: str) -> None:
    session = make_rich_session(alice)
    with translation.override(language):
        document = written(session, **ALL)
    assert_harmless(document)
    way = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{way}">' in document
    ids = re.findall(r' id="([^"]+)"', document)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:aria-labelledby="|href="#)([^"]+)', document)) <= set(ids)


def test_its_policy_allows_its_own_style_and_nothing_else(alice: User) -> None:
    document = written(make_session(alice, ["One"]))
    [style] = re.findall("<style>(.*?)</style>", document, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    [policy] = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', document)
    assert policy.split("; ") == [
        "default-src 'none'", f"style-src 'sha256-{digest}'", "img-src data:", "base-uri 'none'",
        "form-action 'none'",
    ]  # fmt: skip
    assert '<meta name="referrer" content="no-referrer">' in document
    assert "url(" not in style
    assert "@import" not in style


def test_hostile_words_are_words_in_every_place(alice: User) -> None:
    session = make_session(alice, name=" ".join(payloads())[:200])
    SessionTag.objects.create(session=session, name="</title><script>")
    parent: Message | None = None
    for text in payloads():
        text = text.replace("\0", "")
        call = {
            "type": "tool-call",
            "state": "error",
            "id": "1",
            "name": text[:99],
            "arguments": {text: text},
        }
        thought = {"type": "reasoning", "state": "complete", "text": text}
        error = {"title": text, "detail": text}
        fields = {"parts": [thought, call], "model": text[:99], "status": "error", "error": error}
        question = add_message(session, parent, text, role="user", author=None)
        parent = add_message(session, question, text, role="assistant", author=None, **fields)
        make_attachment(alice, name=text[:99], message=question)
        Annotation.objects.create(message=question, body=text, quote=text[:99], imported_author=text[:99])
    assert_harmless(written(session, **ALL))


def test_what_is_huge_or_deep_is_written_in_time(alice: User) -> None:
    wide = "|" * 501 + "\n" + "|-" * 500 + "|\n" + ("| x " * 500 + "|\n") * 20
    deep = "".join(f"{'> ' * depth}- {depth}\n" for depth in range(24))
    session = make_session(alice, ["x" * 1_000_000, wide, deep, "$" + "{" * 500 + "$", "<" * 100_000])
    begun = time.process_time()
    assert_harmless(written(session))
    assert time.process_time() - begun < 30


def test_the_list_leads_to_the_questions(alice: User) -> None:
    session = make_session(alice, ["# What *is* it?\nSay", "This", "", "That", "x" * 500])
    first, _second, third, _fourth, last = messages_of(session)
    document = written(session)
    for message, words in ((first, "What is it? Say"), (third, "Message 3"), (last, "x" * 100 + "…")):
        line = f'<a href="#m-{message.pk.hex}"><i>{message.depth + 1}</i><span dir="auto">{words}</span></a>'
        assert document.count(line) == 1
        assert document.count(f' id="m-{message.pk.hex}"') == 1
    assert written(make_session(alice)).count("<nav") == 0


def test_the_list_of_a_preview_is_of_what_is_in_it(alice: User) -> None:
    out = io.BytesIO()
    session = make_session(alice, list("abcdef"))
    FORMATS["html"].write(Transcript(session, Options(), most=3), out, not_told)
    assert out.getvalue().count(b"<article ") == 3
    assert out.getvalue().count(b"<li><a ") == 2


@pytest.mark.parametrize("options", [{}, {"alternatives": True}, {"system": False, "tools": False}])
def test_the_list_counts_as_the_messages_do(alice: User, options: dict[str, object]) -> None:
    session = make_rich_session(alice)
    question = messages_of(session)[3]
    add_message(session, messages_of(session)[1], "Another *way*", is_active=False)
    Message.objects.filter(pk=question.pk).update(visibility="hidden")
    transcript = Transcript(session, Options.of(options))
    told = [one for one in transcript.entries() if one.message.role == "user"]
    assert [(line.number, line.anchor) for line in outline_of(transcript)] == [
        (one.number, one.anchor) for one in told
    ]


def test_a_long_list_folds_into_groups(alice: User) -> None:
    document = written(make_session(alice, [str(number) for number in range(202)]))
    assert re.findall("<summary>(.*?)<span>", document) == ["1–99", "101–199", "201–201"]
    assert document.count('<li><a href="#m-') == 101
    parsed(document)


@pytest.mark.parametrize("level", [1, 4, 6])
def test_headings_begin_where_one_says(alice: User, level: int) -> None:
    document = written(make_rich_session(alice), heading_level=level)
    levels = [int(found) for found in re.findall(r"<h(\d)", document)]
    assert (levels[0], max(levels)) == (level, min(6, max(levels)))
    assert min(levels[1:]) == min(6, level + 1)
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert written(make_session(alice, ["a"]), metadata=False).count("<dl") == 0


def test_its_queries_grow_by_batches_not_by_messages(alice: User) -> None:
    counts = []
    for length in (3, 150):
        session = make_session(alice, [str(number) for number in range(length)])
        with CaptureQueriesContext(connection) as asked:
            written(session)
        counts.append(len(asked))
    assert counts[0] == counts[1]
