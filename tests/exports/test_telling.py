"""What stands around the texts is told in the same words, and as quickly as it is read.

Proves B13.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chat.models import Message, User
from chat.text import duration
from exports.content.moments import Moments
from exports.content.transcript import Transcript
from exports.formats.telling import Telling, one_line
from exports.options import Options
from tests.factories import make_session


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_moment_is_told_as_the_language_has_it(language: str) -> None:
    moment = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
    with translation.override(language):
        assert Telling(Options()).moment(moment) == date_format(moment, "SHORT_DATETIME_FORMAT")


def test_a_document_keeps_its_language_whatever_becomes_active() -> None:
    moment = datetime(2026, 3, 14, 7, 8, 9, tzinfo=UTC)
    with translation.override("de"):
        told, german = Moments().told, date_format(moment, "SHORT_DATETIME_FORMAT")
    with translation.override("en"):
        assert told(moment) == german
        assert Moments().told(moment) == date_format(moment, "SHORT_DATETIME_FORMAT") != german


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("took", [None, 0, 999, 1000, 1090, 9_999, 59_990, 60_000, 3_599_999])
def test_what_a_reply_took_is_told_as_in_the_other_formats(
    alice: User, language: str, took: int | None
) -> None:
    session = make_session(alice, ["a", "b"])
    values = {"input_tokens": 12345, "output_tokens": 0, "cost": Decimal("0.00120"), "duration_ms": took}
    Message.objects.filter(role="assistant").update(**values)
    [_question, entry] = Transcript(session, Options()).entries()
    with translation.override(language):
        facts = Telling(Options()).facts(entry)
        point = "," if language == "de" else "."
        assert facts[:3] == [
            _("%(n)s tokens sent") % {"n": 12345},
            _("%(n)s tokens received") % {"n": 0},
            f"$0{point}0012",
        ]
        assert facts[3:] == ([] if took is None else [duration(took)])


def test_a_name_is_on_one_line_and_drives_no_terminal() -> None:
    assert one_line(" a\n\tb\x1b[31mc\x9bd\u2028e\ud800 ") == "a b [31mc d e"
