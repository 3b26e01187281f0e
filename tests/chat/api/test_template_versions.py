"""Versions of templates through the API.

Proves B10.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.api import outputs
from chat.models import Template, User
from chat.services.templates import restore_version, save_template
from tests.chat.api.client import Api

texts = st.sampled_from(["", "A", "B {{x}}", "C {{x}} {{y}}"])
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("settings"), texts.map(lambda text: {"system_prompt": text})),
        st.tuples(st.just("description"), texts),
        st.tuples(st.just("back"), st.integers(0, 20)),
    ),
    max_size=8,
)


@pytest.fixture
def letter(api: Api) -> Any:
    made = api.post("/chat/templates", {"name": "Letter", "description": "Kind"}).json
    return api.patch(f"/chat/templates/{made['id']}", {"description": "Short"}).json


def test_each_saving_makes_one_and_the_list_goes_on_page_by_page(api: Api, letter: Any) -> None:
    path = f"/chat/templates/{letter['id']}/versions"
    assert letter["version"] == 2
    first = api.get(path, limit=1).json
    outputs.TemplateVersionList.model_validate(first)
    rest = api.get(path, limit=1, cursor=first["next"]).json
    said = [(one["number"], one["description"], one["author"]) for one in first["items"] + rest["items"]]
    assert said == [(2, "Short", "alice"), (1, "Kind", "alice")]
    assert rest["next"] is None
    assert api.get(f"{path}/1").json == rest["items"][0]
    assert (api.get(f"{path}/3").status, api.get(path, cursor="x").status) == (404, 422)


def test_going_back_makes_a_new_one_unless_somebody_was_quicker(api: Api, letter: Any) -> None:
    path = f"/chat/templates/{letter['id']}"
    tag = api.get(path).headers["ETag"]
    back = api.post(f"{path}/versions/1/restore", **{"If-Match": tag})
    assert (back.status, back.json["description"], back.json["version"]) == (200, "Kind", 3)
    assert api.get(f"{path}/versions/3").json["restored_from"] == 1
    late = api.post(f"{path}/versions/2/restore", **{"If-Match": tag})
    assert (late.status, api.get(path).json["version"]) == (412, 3)


def test_a_stranger_sees_none_also_of_one_that_all_may_use(
    dana: User, api: Api, stranger: Api, letter: Any
) -> None:
    shared = Api(dana).post("/chat/templates", {"name": "House style", "shared": True}).json
    for reader, template in ((stranger, letter), (api, shared)):
        path = f"/chat/templates/{template['id']}/versions"
        assert {reader.get(path).status, reader.get(f"{path}/1").status} == {404}
        assert reader.post(f"{path}/1/restore").status == 404


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=deeds)
def test_no_version_is_ever_lost_or_changed(alice: User, steps: list[tuple[str, Any]]) -> None:
    template = save_template(owner=alice, values={"name": "Letter"})
    kept = [template.content]
    for deed, value in steps:
        if deed == "back":
            number = value % len(kept) + 1
            version = template.versions.select_related("template").get(number=number)
            template = restore_version(version=version, editor=alice)
            assert template.content == kept[number - 1]
        else:
            template = save_template(owner=alice, template=template, values={deed: value})
        if template.version > len(kept):
            kept.append(template.content)
        rows = template.versions.order_by("number")
        assert [row.content for row in rows] == kept
        assert [row.number for row in rows] == list(range(1, template.version + 1))
    assert Template.objects.get(pk=template.pk).content == kept[-1]
