"""Who answers where a model does not, as programs set it.

Proves B15 and E4.
"""

from __future__ import annotations

from typing import Any

import pytest

from chat.models import Role, Session, Template, User
from tests.chat.api.client import Api
from tests.factories import add_member, make_project, make_session

SPARE = {"provider": "work", "model": "small"}
OTHER = {"provider": "local", "model": ""}


def test_a_session_has_them_in_their_order(api: Api) -> None:
    made = api.post("/chat/sessions", {"fallbacks": [SPARE, {"provider": "local"}]})
    assert (made.status, made.json["fallbacks"]) == (201, [SPARE, OTHER])
    path = f"/chat/sessions/{made.json['id']}"
    assert api.patch(path, {"name": "Named"}).json["fallbacks"] == [SPARE, OTHER]
    assert api.patch(path, {"fallbacks": [OTHER]}).json["fallbacks"] == [OTHER]
    assert api.put(path, {"name": "Again"}).json["fallbacks"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        [SPARE] * 4,
        [{"model": "small"}],
        [{"provider": "", "model": "small"}],
        [{"provider": "w\no", "model": "small"}],
        [{**SPARE, "more": 1}],
        "work",
        [None],
        None,
    ],
)
def test_what_makes_no_sense_is_refused(api: Api, wrong: Any) -> None:
    answer = api.post("/chat/sessions", {"fallbacks": wrong})
    assert answer.status == 422
    assert "fallbacks" in next(iter(answer.json["errors"]))
    assert not Session.objects.exists()


def test_a_template_has_them_too_and_hands_them_on(api: Api, alice: User) -> None:
    made = api.post("/chat/templates", {"name": "Careful", "fallbacks": [SPARE]})
    assert (made.status, made.json["fallbacks"]) == (201, [SPARE])
    begun = api.post("/chat/sessions", {"template": made.json["id"]})
    assert begun.json["fallbacks"] == [SPARE]
    begun = api.post("/chat/sessions", {"template": made.json["id"], "fallbacks": []})
    assert begun.json["fallbacks"] == []
    [version] = api.get(f"/chat/templates/{made.json['id']}/versions").json["items"]
    assert version["fallbacks"] == [SPARE]
    assert Template.objects.get().version == 1


def test_a_copy_has_the_same(api: Api, alice: User) -> None:
    session = make_session(alice, ["Hello"], fallbacks=[SPARE])
    for how in ("duplicate", "branch"):
        assert api.post(f"/chat/sessions/{session.pk}/{how}", {}).json["fallbacks"] == [SPARE]


def test_who_only_reads_does_not_change_them(alice: User, bob: User, charlie: User) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.VIEWER)
    session = make_session(alice, project=project)
    for user, status in ((bob, 403), (charlie, 404)):
        assert Api(user).patch(f"/chat/sessions/{session.pk}", {"fallbacks": [SPARE]}).status == status
    session.refresh_from_db()
    assert session.fallbacks == []
