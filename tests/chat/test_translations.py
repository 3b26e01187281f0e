"""Every word can be translated, the German catalogue is whole, and each reads their own language.

Proves F5.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import polib
import pytest
from django.test import Client
from django.utils import timezone

from chat.models import User
from tests import catalogue, unmarked
from tests.factories import make_session

PLACES = re.compile(r"%%[sd]|%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def german() -> polib.POFile:
    return polib.pofile(str(catalogue.CATALOGUE))


def test_the_catalogue_has_what_the_sources_say(german: polib.POFile) -> None:
    entries = {catalogue.key_of(entry) for entry in german}
    assert set(catalogue.found()) - entries == set(), "run `make messages`"
    assert entries - set(catalogue.found()) == set(), "run `make messages`"


def test_nothing_is_left_to_translate(german: polib.POFile) -> None:
    assert [entry.msgid for entry in german.untranslated_entries()] == []
    assert [entry.msgid for entry in german.fuzzy_entries()] == []


def test_placeholders_are_those_of_the_original(german: polib.POFile) -> None:
    for entry in german:
        wanted = set(PLACES.findall(entry.msgid)) | set(PLACES.findall(entry.msgid_plural))
        many = entry.msgstr_plural[1] if entry.msgid_plural else entry.msgstr
        assert set(PLACES.findall(many)) == wanted, entry.msgid
        if entry.msgid_plural:
            assert set(PLACES.findall(entry.msgstr_plural[0])) <= wanted, entry.msgid


def test_the_compiled_catalogue_is_of_this_very_text(german: polib.POFile) -> None:
    compiled = polib.mofile(str(catalogue.CATALOGUE.with_suffix(".mo")))
    assert {catalogue.key_of(entry): (entry.msgstr, entry.msgstr_plural) for entry in compiled} == {
        catalogue.key_of(entry): (entry.msgstr, entry.msgstr_plural) for entry in german
    }


def test_no_words_are_out_of_a_translators_reach() -> None:
    assert unmarked.everywhere() == {}


def test_unmarked_words_are_found(tmp_path: Path) -> None:
    template = tmp_path / "page.html"
    template.write_text(
        """{% load i18n %}<p title="Old news">{% translate "Said" %} Hello</p>{{ name|default:"Some one" }}"""
        """<i data-said="Not this way">Parley</i>{% include "x.html" with words="So be it" %}"""
    )
    assert set(unmarked.in_template(template)) == {
        "Old news",
        "Hello",
        "Some one",
        "Not this way",
        "So be it",
    }
    code = tmp_path / "code.py"
    code.write_text(
        """raise Refused("Not so")\nraise Refused(_("But so"))\ntoast(f"{n} are gone")\nlog.info("a b")\n"""
    )
    assert {" ".join(text.split()) for text in unmarked.in_python(code, {"Refused"})} == {
        "Not so",
        "are gone",
    }


def test_texts_are_found_in_templates_and_in_python(tmp_path: Path) -> None:
    template = tmp_path / "page.html"
    template.write_text(
        """{% load i18n %}<p title='{% translate "Say (it)" %}'>{{ name|default:_("Nobody") }}</p>"""
        """{% blocktranslate trimmed count n=found %}one hit{% plural %}{{ n }} hits{% endblocktranslate %}"""
    )
    Text = catalogue.Text
    assert set(catalogue.template_texts(template)) == {
        Text("Say (it)"),
        Text("Nobody"),
        Text("one hit", "%(n)s hits"),
    }
    renamed = 'from django.utils.translation import gettext_lazy as lazy\nlazy("Later")'
    assert list(catalogue.texts_of(renamed)) == [Text("Later")]
    source = 'raise Refused(_("No " "way"))\npgettext_lazy("verb", "Open")\n_(name)\n'
    assert set(catalogue.texts_of(source)) == {Text("No way"), Text("Open", "", "verb")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepted", "language"), [("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr", "en"), ("", "en")]
)
def test_a_stranger_is_spoken_to_as_the_browser_asks(
    client: Client, alice: User, accepted: str, language: str
) -> None:
    answer = client.get("/login/", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}" dir="ltr"' in answer.content.decode()
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]


def test_a_preference_wins_over_the_browser(client: Client, alice: User) -> None:
    alice.preferences = {"language": "de"}
    alice.save()
    client.force_login(alice)
    answer = client.get("/", headers={"Accept-Language": "en"})
    assert '<html lang="de"' in answer.content.decode()
    alice.preferences = {"language": "tlh"}
    alice.save()
    assert '<html lang="en"' in client.get("/").content.decode()


def test_programs_are_always_spoken_to_in_english(client: Client, alice: User) -> None:
    answer = client.get("/api/chat/sessions", headers={"Accept-Language": "de"})
    assert "Content-Language" not in answer
    assert answer.json()["title"] == "Unauthorized"


def test_days_are_those_of_ones_zone(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half past eleven in the evening in Reykjavik is the next morning in Tokyo."""
    noon = timezone.now().replace(hour=12)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    make_session(alice, updated_at=noon - timedelta(hours=12, minutes=30 + noon.minute))
    client.force_login(alice)
    assert ">Yesterday<" in client.get("/").content.decode()
    client.cookies["parley_zone"] = "Asia%2FTokyo"
    assert ">Today<" in client.get("/").content.decode()
    alice.preferences = {"time_zone": "Atlantic/Reykjavik"}
    alice.save()
    assert ">Yesterday<" in client.get("/").content.decode()


def test_a_zone_that_is_nonsense_is_as_none(client: Client, alice: User) -> None:
    client.force_login(alice)
    for zone in ("../../etc/passwd", "Mars/Olympus", "%00", "x" * 4000):
        client.cookies["parley_zone"] = zone
        assert client.get("/").status_code == 200
