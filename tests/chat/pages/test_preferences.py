"""The settings page: what one likes follows one into every browser.

Proves C10 and F5.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.actions import ACTIONS, TAKEN, WITH_KEYS, normal_keys, shortcuts_of, spoken_keys
from chat.models import ApiToken, User
from chat.services import preferences
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import PASSWORD, make_token


def likes(user: User) -> dict[str, object]:
    user.refresh_from_db()
    return dict(user.preferences)


def test_a_theme_is_there_before_any_script_runs(page: Client, alice: User) -> None:
    assert page.post("/settings/theme/", {"theme": "dark"})["Location"] == "/settings/"
    assert 'data-theme="dark"' in text_of(page.get("/"))
    page.post("/settings/theme/", {"theme": ""})
    assert "data-theme=" not in text_of(page.get("/")).split("<body")[0].replace("data-theme-url=", "")


def test_appearance_is_saved_without_script(page: Client, alice: User) -> None:
    answer = page.post("/settings/appearance/", {"theme": "light", "wrap_code": "on"})
    assert answer["Location"] == "/settings/#appearance"
    assert likes(alice) == {"theme": "light", "wrap_code": True, "line_numbers": False}
    shown = text_of(page.get("/settings/"))
    assert "data-wrap-code" in shown.split("<body")[0]
    assert "data-line-numbers" not in shown.split("<body")[0]
    assert "Saved." in shown


def test_a_section_that_will_not_do_is_shown_anew(page: Client, htmx: Ask, alice: User) -> None:
    for url, data, section in (
        ("/settings/appearance/", {"theme": "plaid"}, "appearance"),
        ("/settings/region/", {"language": "tlh"}, "region"),
        ("/settings/region/", {"time_zone": "Mars/Olympus"}, "region"),
        ("/settings/keyboard/", {"send_key": "tab", "announce": "brief"}, "keyboard"),
        ("/settings/account/", {"username": "two words"}, "account"),
        ("/settings/account/", {"username": "alice", "email": "nowhere"}, "account"),
        ("/settings/tokens/", {"name": ""}, "tokens"),
        ("/settings/keys/", {"stop": "hello"}, "keys"),
    ):
        answer = htmx(url, data)
        assert (answer.status_code, answer["HX-Retarget"]) == (422, f"#{section}"), url
        assert "errorlist" in text_of(answer) or "field__error" in text_of(answer), url
        plain = page.post(url, data)
        assert (plain.status_code, f'id="{section}"' in text_of(plain)) == (422, True)
    assert likes(alice) == {}
    assert alice.username == "alice"


def test_another_language_takes_the_page_and_the_login(page: Client, htmx: Ask, alice: User) -> None:
    answer = htmx("/settings/region/", {"language": "de", "time_zone": "Europe/Berlin"})
    assert answer["HX-Refresh"] == "true"
    assert '<html lang="de"' in text_of(page.get("/settings/"))
    page.post("/logout/")
    assert '<html lang="de"' in text_of(page.get("/login/"))


def test_shortcuts_are_changed_and_brought_back(page: Client, htmx: Ask, alice: User) -> None:
    answer = htmx("/settings/keys/", {"single_keys": "on", "stop": "ctrl + Shift+U", "find": ""})
    assert answer.status_code == 200
    assert 'value="Ctrl+Shift+U"' in text_of(answer)
    assert likes(alice) == {"shortcuts": {"stop": "mod+shift+u", "find": ""}, "single_keys": True}
    htmx("/settings/keys/", {"stop": "Ctrl+Shift+U", "find": "", "reset": "yes"})
    assert likes(alice)["shortcuts"] == {}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("Alt+Shift+N", "is used for “New conversation” already"),
        ("Ctrl+W", "belongs to the browser"),
        ("Tab", "belongs to the browser"),
        ("Hyper+Q", "Write keys like"),
        ("<script>", "Write keys like"),
    ],
)
def test_keys_that_cannot_be_had_are_refused(htmx: Ask, alice: User, keys: str, words: str) -> None:
    answer = htmx("/settings/keys/", {"single_keys": "on", "stop": keys})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "<script>" not in text_of(answer)
    assert likes(alice) == {}


def test_a_token_is_shown_once_and_works_until_it_is_revoked(page: Client, htmx: Ask, alice: User) -> None:
    shown = text_of(htmx("/settings/tokens/", {"name": "Backup script"}))
    token = re.search(r"parley_[\w-]+", shown)
    assert token
    assert token[0] not in text_of(page.get("/settings/"))
    headers = {"Authorization": f"Bearer {token[0]}"}
    assert Client().get("/api/chat/sessions", headers=headers).status_code == 200
    answer = htmx(f"/settings/tokens/{ApiToken.objects.get().id}/revoke/")
    assert "Revoke Backup script" not in text_of(answer)
    assert Client().get("/api/chat/sessions", headers=headers).status_code == 401


def test_a_token_is_made_for_as_much_and_as_long_as_one_says(page: Client, htmx: Ask, alice: User) -> None:
    preferences.save_preferences(user=alice, changes={"time_zone": "Pacific/Auckland"})
    tomorrow = date.today() + timedelta(days=2)
    htmx("/settings/tokens/", {"name": "Reader", "scope": "read", "lifetime": "30", "last_day": "2020-01-01"})
    htmx("/settings/tokens/", {"name": "Forever", "scope": "full", "lifetime": "never"})
    htmx("/settings/tokens/", {"name": "Soon", "lifetime": "date", "last_day": tomorrow.isoformat()})
    reader, forever, soon = ApiToken.objects.order_by("created_at")
    assert (reader.scope, forever.scope, soon.scope) == ("read", "full", "full")
    assert round((reader.expires_at - timezone.now()) / timedelta(days=1)) == 30  # type: ignore[operator]
    assert forever.expires_at is None
    here = soon.expires_at.astimezone(ZoneInfo("Pacific/Auckland"))  # type: ignore[union-attr]
    assert here == datetime.combine(tomorrow + timedelta(days=1), time(), here.tzinfo)
    ApiToken.objects.filter(pk=forever.pk).update(expires_at=timezone.now())
    shown = text_of(page.get("/settings/"))
    for words in ("Read only", "never used", "has expired"):
        assert words in shown


@pytest.mark.parametrize(
    "values",
    [
        {"lifetime": "date"},
        {"lifetime": "date", "last_day": "2020-01-01"},
        {"lifetime": "date", "last_day": "9999-12-31"},
        {"lifetime": "date", "last_day": "soon"},
        {"lifetime": "3 days"},
        {"scope": "everything"},
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(page: Client, htmx: Ask, values: dict[str, str]) -> None:
    answer = htmx("/settings/tokens/", {"name": "Backup script", **values})
    assert (answer.status_code, "errorlist" in text_of(answer)) == (422, True)
    assert "Backup script" in text_of(answer)
    assert not ApiToken.objects.exists()


def test_the_tokens_of_others_are_not_there(page: Client, charlie: User) -> None:
    make_token(charlie)
    token = ApiToken.objects.get()
    assert page.post(f"/settings/tokens/{token.id}/revoke/").status_code == 404
    assert str(token.id) not in text_of(page.get("/settings/"))
    assert ApiToken.objects.count() == 1


def test_another_name_is_taken_at_once(page: Client, htmx: Ask, alice: User, charlie: User) -> None:
    assert "already exists" in text_of(htmx("/settings/account/", {"username": "charlie"}))
    htmx("/settings/account/", {"username": "alicia", "email": "a@example.org"})
    assert Client().login(username="alicia", password=PASSWORD)


def test_the_settings_cost_the_same_with_many_tokens(page: Client, alice: User) -> None:
    make_token(alice)
    with CaptureQueriesContext(connection) as few:
        page.get("/settings/")
    for _ in range(9):
        make_token(alice)
    with CaptureQueriesContext(connection) as many:
        page.get("/settings/")
    assert len(many) == len(few)


def test_no_two_actions_have_the_same_keys() -> None:
    keys = [key for action in ACTIONS for key in (action.keys, action.single) if key]
    assert len(keys) == len(set(keys))
    assert set(keys) & TAKEN == set()
    for action in WITH_KEYS.values():
        assert normal_keys(spoken_keys(action.keys)) == action.keys


def test_a_single_key_goes_to_who_was_given_it_and_can_be_switched_off() -> None:
    given = {one.action.name: one for one in shortcuts_of({"stop": "j"})}
    assert (given["stop"].keys, given["next-conversation"].single) == ("j", "")
    assert not any(one.single for one in shortcuts_of({}, single_keys=False))


def test_keys_that_were_given_to_something_are_not_also_those_of_a_newer_action() -> None:
    rows = {row.action.name: row for row in shortcuts_of({"stop": "alt+shift+1", "find": "2"})}
    assert (rows["stop"].keys, rows["projects"].keys, rows["projects"].single) == ("alt+shift+1", "", "1")
    assert (rows["templates"].keys, rows["templates"].single) == ("alt+shift+2", "")
