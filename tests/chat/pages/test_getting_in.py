"""The first account, and who must log in.

Proves F3.
"""

from __future__ import annotations

import pytest
from django.test import Client

from chat.models import User
from tests.factories import PASSWORD, make_session

GOOD = {"username": "alice", "password": "a calm harbour at dusk"}


@pytest.mark.django_db
def test_the_first_visitor_is_sent_to_the_setup(client: Client) -> None:
    assert client.get("/")["Location"] == "/setup/"
    assert client.get("/login/")["Location"] == "/setup/"


@pytest.mark.django_db(transaction=True)
def test_the_setup_makes_the_administrator_and_logs_in(client: Client) -> None:
    response = client.post("/setup/", GOOD)
    assert response["Location"] == "/"
    assert User.objects.get().is_superuser
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_the_setup_is_closed_once_somebody_is_there(client: Client, alice: User) -> None:
    assert client.get("/setup/")["Location"] == "/"
    client.post("/setup/", {**GOOD, "username": "mallory"})
    assert list(User.objects.all()) == [alice]


@pytest.mark.django_db
def test_a_weak_password_is_refused_in_words(client: Client) -> None:
    response = client.post("/setup/", {"username": "alice", "password": "12345678"})
    assert response.status_code == 422
    assert "too common" in response.content.decode()
    assert not User.objects.exists()


def test_a_stranger_is_sent_to_the_login_and_then_back(client: Client, alice: User) -> None:
    url = f"/chat/{make_session(alice).id}/"
    assert client.get(url)["Location"] == f"/login/?next={url}"
    response = client.post("/login/", {"username": "alice", "password": PASSWORD, "next": url})
    assert response["Location"] == url


def test_a_script_whose_login_ended_is_sent_there_as_a_whole_page(client: Client, alice: User) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/chat/"}
    response = client.post(f"/chat/{make_session(alice).id}/stop/", headers=headers)
    assert response["HX-Redirect"] == "/login/?next=%2Fchat%2F"


def test_a_wrong_password_is_told(client: Client, alice: User) -> None:
    response = client.post("/login/", {"username": "alice", "password": "no"})
    assert "do not go together" in response.content.decode()


def test_logging_out_takes_a_post(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/").status_code == 302


def test_the_password_can_be_changed(client: Client, alice: User) -> None:
    client.force_login(alice)
    values = {"old_password": PASSWORD, "new_password1": GOOD["password"], "new_password2": GOOD["password"]}
    assert client.post("/password/", values)["Location"] == "/"
    assert "Password changed." in client.get("/").content.decode()
    alice.refresh_from_db()
    assert alice.check_password(GOOD["password"])
