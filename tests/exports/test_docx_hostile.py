"""Whatever is said gives a Word file that is sound and safe.

Proves B13.
"""

from __future__ import annotations

import io

import pytest
from PIL import Image

from chat.models import User
from exports.formats.docx.relations import address_of
from tests.exports.wordfiles import assert_sound, body_of, document_of, lines_of, of_text, relations_of
from tests.factories import make_attachment, make_session, messages_of

HOSTILE = [
    "<script>alert(1)</script> \x01\x02\x0b\x1b[31m \ufffe \u202e ]]> &amp; <w:p>",
    "[a](javascript:alert(1)) [b](file:///etc/passwd) ![c](file:///etc/passwd) [d](http://[bad) [e](http://a:99999/)",
    "![p](http://example.org/x.png) <img src='http://example.org/y.png'>",
    "x" * 1_000_000,
    "```\n" + "y" * 100_000 + "\n" + "z\n" * 1000 + "```",
    "> " * 24 + "deep\n\n" + "".join("  " * level + f"- item {level}\n" for level in range(24)),
    f"|{'c|' * 500}\n|{'-|' * 500}\n|{'1|' * 500}",
    "$$\n" + "{" * 200 + "x" + "}" * 200 + "\n$$\n\n$" + "\\frac{1}{" * 80 + "x" + "}" * 80 + "$",
    "# \n\n[^a] [^a] [^b]\n\n[^a]: note [^b]\n\n    ```\n    code\n    ```\n[^b]: # head\n[^c]: nobody asks",
    "999999999. many\n\n- [x]\n-\n  > quote\n\n0. zero",
    "=1+1\n\n| =SUM(A1) |\n|-|\n| @x |",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_said_gives_a_sound_document(alice: User, text: str) -> None:
    parts = of_text(alice, text)
    assert_sound(parts)
    assert not any("passwd" in target for target in relations_of(parts).values())


def test_names_of_people_files_and_conversations_are_no_markup(alice: User) -> None:
    session = make_session(alice, ["a"], name='</w:t> "&" <b>\x0b \u202e')
    [message] = messages_of(session)
    picture = io.BytesIO()
    Image.new("RGB", (4000, 3000)).save(picture, "PNG")
    make_attachment(
        alice,
        name='"><a b="\x01',
        content=picture.getvalue(),
        message=message,
        kind="image",
        mime_type="image/png",
    )
    make_attachment(alice, name="fake.png", message=message, kind="image", mime_type="image/png", position=1)
    parts = document_of(session)
    assert_sound(parts)
    assert lines_of(parts, "Title") == ['</w:t> "&" <b>  \u202e']
    [shown] = body_of(parts).iter("{*}docPr")
    assert shown.get("descr") == '"><a b="'
    [extent] = body_of(parts).iter("{*}extent")
    assert int(str(extent.get("cx"))) == 5_900_000
    assert "word/media/image1.png" in parts


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://example.org/a b?c=d&e#f", "https://example.org/a%20b?c=d&e#f"),
        ("https://exämple.org/ü?100%", "https://xn--exmple-cua.org/%C3%BC?100%25"),
        ("mailto:alice@example.org?subject=Hi there", "mailto:alice@example.org?subject=Hi%20there"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("https://example.org/a.b/~c", "https://example.org/a.b/~c"),
        ("HTTP://example.org", "http://example.org"),
        ("http://[bad", ""),
        ("http://", ""),
        ("http://a:99999/", ""),
        ("http://a b/", ""),
        ("file:///etc/passwd", ""),
        ("javascript:alert(1)", ""),
        ("//example.org", ""),
        ("#here", ""),
        ("https://example.org/\ud800", ""),
        (f"https://example.org/{'a' * 3000}", ""),
    ],
)
def test_only_addresses_that_are_safe_and_whole_are_links(url: str, told: str) -> None:
    assert address_of(url) == told
