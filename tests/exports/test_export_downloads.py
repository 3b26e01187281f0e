"""The file of an export goes out whole or from where a download broke off, and is noted where it is taken.

Proves B13.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.test import Client

from chat.errors import Conflict
from chat.models import AuditEntry, User
from exports.access import token_of
from exports.jobs.orders import make_link, revoke_link
from exports.models import ExportJob
from tests.chat.api.client import Api
from tests.factories import make_attachment, make_export, make_session

pytestmark = pytest.mark.django_db(transaction=True)
# Longer than one piece that is read at a time.
CONTENT = bytes(range(256)) * 3000
SIZE = len(CONTENT)
Get = Callable[..., tuple[int, Any, bytes]]


def body_of(answer: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(read)() if answer.streaming else bytes(answer.content)


def exported(owner: User) -> ExportJob:
    job = make_export(owner, make_session(owner, ["Hello"]), size=SIZE)
    job.file.save("export.json", ContentFile(CONTENT))
    ExportJob.objects.update(size=SIZE)
    return make_link(job=job, lifetime=timedelta(hours=1))


def by_page(path: str, client: Client) -> Get:
    def ask(method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
        answer = client.generic(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return answer.status_code, answer.headers, body_of(answer)

    return ask


def by_api(path: str, api: Api) -> Get:
    def ask(method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
        answer = api.call(method, path, **headers)
        return answer.status, answer.headers, answer.body

    return ask


@pytest.fixture(params=["own", "api", "link", "attachment"])
def get(request: pytest.FixtureRequest, alice: User) -> Get:
    client = Client()
    client.force_login(alice)
    if request.param == "attachment":
        file = make_attachment(alice, content=CONTENT)
        return by_api(f"/chat/attachments/{file.pk}", Api(alice))
    job = exported(alice)
    if request.param == "api":
        return by_api(f"/chat/exports/{job.pk}/download", Api(alice))
    if request.param == "link":
        return by_page(f"/exports/from/{token_of(job)}/file/", Client())
    return by_page(f"/exports/{job.pk}/file/", client)


def test_a_download_that_broke_off_goes_on_where_it_was(get: Get) -> None:
    status, headers, body = get()
    assert (status, headers["Accept-Ranges"], body) == (200, "bytes", CONTENT)
    status, rest, body = get(Range="bytes=300000-", If_Range=headers["ETag"])
    assert (status, body) == (206, CONTENT[300000:])
    assert rest["Content-Range"] == f"bytes 300000-{SIZE - 1}/{SIZE}"
    assert (int(rest["Content-Length"]), rest["ETag"]) == (SIZE - 300000, headers["ETag"])
    assert rest["Content-Disposition"] == headers["Content-Disposition"]


@pytest.mark.parametrize("get", ["api"], indirect=True)
def test_it_gives_the_part_that_is_asked_for(get: Get) -> None:
    for asked, start, stop in (
        ("0-0", 0, 1),
        ("5-9", 5, 10),
        ("-7", SIZE - 7, SIZE),
        (f"{SIZE - 1}-", SIZE - 1, SIZE),
        (f"10-{10 * SIZE}", 10, SIZE),
        (f"-{10 * SIZE}", 0, SIZE),
    ):
        status, headers, body = get(Range=f"bytes={asked}")
        assert (status, body) == (206, CONTENT[start:stop]), asked
        assert headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"


@pytest.mark.parametrize("get", ["api", "link"], indirect=True)
def test_it_says_how_long_the_file_is_where_there_is_no_such_part(get: Get) -> None:
    for asked in (f"bytes={SIZE}-", f"bytes={10 * SIZE}-{11 * SIZE}", "bytes=-0"):
        status, headers, _body = get(Range=asked)
        assert (status, headers["Content-Range"]) == (416, f"bytes */{SIZE}"), asked
    assert not AuditEntry.objects.filter(action="export.taken").exists()


@pytest.mark.parametrize("get", ["own"], indirect=True)
def test_of_another_file_or_another_form_comes_all(get: Get) -> None:
    headers: tuple[dict[str, str], ...] = (
        *({"Range": asked} for asked in ("bytes=9-5", "bytes=-", "lines=1-2", "bytes=1-2,4-5")),
        {"Range": f"bytes={'9' * 5000}-"},
        {"Range": "bytes=5-", "If_Range": '"another"'},
        {"Range": "bytes=5-", "If_Range": "Wed, 21 Oct 2015 07:28:00 GMT"},
    )
    for sent in headers:
        status, _headers, body = get(**sent)
        assert (status, body) == (200, CONTENT), sent


def test_whoever_asks_what_it_is_has_not_taken_it(get: Get) -> None:
    status, headers, body = get("HEAD", Range="bytes=5-")
    assert (status, int(headers["Content-Length"]), body) == (200, SIZE, b"")
    assert "Content-Range" not in headers
    assert not AuditEntry.objects.filter(action="export.taken").exists()
    assert not ExportJob.objects.filter(link_count__gt=0).exists()


@pytest.mark.parametrize("get", ["link"], indirect=True)
def test_the_rest_of_a_download_is_noted_and_is_no_further_one(get: Get) -> None:
    get()
    get(Range="bytes=5-")
    assert ExportJob.objects.get().link_count == 1
    taken = AuditEntry.objects.filter(action="export.taken").order_by("id")
    assert [entry.detail["is_rest"] for entry in taken] == [False, True]


@pytest.mark.parametrize("get", ["link"], indirect=True)
def test_leaving_out_the_beginning_hides_no_download(get: Get) -> None:
    get(Range="bytes=1-")
    assert ExportJob.objects.get().link_count == 1


def test_a_file_that_is_shorter_than_its_row_says_breaks_off_so_that_it_shows(alice: User) -> None:
    job = exported(alice)
    ExportJob.objects.update(size=SIZE + 1)
    client = Client()
    client.force_login(alice)
    with pytest.raises(OSError, match="shorter than its row says"):
        body_of(client.get(f"/exports/{job.pk}/file/"))


def test_a_link_to_an_export_that_is_removed_meanwhile_is_refused(alice: User) -> None:
    job = exported(alice)
    ExportJob.objects.all().delete()
    with pytest.raises(Conflict):
        make_link(job=job, lifetime=timedelta(hours=1))
    with pytest.raises(Conflict):
        revoke_link(job=job)
    assert not AuditEntry.objects.filter(action=AuditEntry.Action.EXPORT_UNSHARED).exists()
