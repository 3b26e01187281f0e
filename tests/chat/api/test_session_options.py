"""The options of providers that a session has, beside its settings.

Proves B15 and B16.
"""

from __future__ import annotations

from typing import Any

import pytest

from chat.models import User
from tests.chat.api.client import Api
from tests.factories import make_session

SESSIONS = "/chat/sessions"


def test_options_are_merged_by_patch_and_replaced_by_put(alice: User) -> None:
    api = Api(alice)
    made = api.post(SESSIONS, {"options": {"openai": {"seed": 7, "reasoning_effort": "low"}}}).json
    assert made["options"] == {"openai": {"seed": 7, "reasoning_effort": "low"}}
    path = f"{SESSIONS}/{made['id']}"
    changed = api.patch(path, {"options": {"openai": {"seed": None}, "google": {"top_k": 5}}}).json
    assert changed["options"] == {"openai": {"reasoning_effort": "low"}, "google": {"top_k": 5}}
    assert api.patch(path, {"name": "Named"}).json["options"] == changed["options"]
    assert api.call("PUT", path, {"name": "Named"}).json["options"] == {}


@pytest.mark.parametrize(
    "options",
    [
        {"openai": {"seed": "many"}},
        {"openai": {"seed": -1}},
        {"openai": {"no_such": 1}},
        {"nobody": {}},
        {"openai": {"reasoning_effort": "heroic"}},
        [],
    ],
)
def test_what_no_provider_can_be_set_to_is_refused(alice: User, options: Any) -> None:
    api = Api(alice)
    answer = api.post(SESSIONS, {"options": options})
    assert (answer.status, answer.json["type"] != "") == (422, True)
    assert api.get(SESSIONS).json["items"] == []


def test_copies_are_set_as_the_original(alice: User) -> None:
    api = Api(alice)
    made = api.post(SESSIONS, {"options": {"local": {"top_p": 0.5}}}).json
    for action in ("branch", "duplicate"):
        copy = api.post(f"{SESSIONS}/{made['id']}/{action}", {}).json
        assert copy["options"] == {"local": {"top_p": 0.5}}


def test_an_option_that_is_none_any_more_is_in_nobodys_way(alice: User) -> None:
    session = make_session(alice, options={"openai": {"gone": 1, "seed": 7}})
    path = f"{SESSIONS}/{session.pk}"
    changed = Api(alice).patch(path, {"options": {"openai": {"top_p": 0.5}}})
    assert (changed.status, changed.json["options"]) == (200, {"openai": {"seed": 7, "top_p": 0.5}})
