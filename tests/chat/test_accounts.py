"""Accounts: the first visitor's, ordinary ones, and their tokens.

Proves F3.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import authenticate
from django.db import connection

from chat.errors import BadValue, Refused
from chat.models import ApiToken, User
from chat.services.accounts import create_first_account, create_user, has_accounts
from chat.services.tokens import create_token
from tests.factories import PASSWORD


@pytest.mark.django_db
def test_the_first_visitor_becomes_administrator() -> None:
    assert not has_accounts()
    user = create_first_account(username="dana", password=PASSWORD, email="dana@example.org")
    assert (user.is_staff, user.is_superuser, user.is_founder) == (True, True, True)
    assert authenticate(username="dana", password=PASSWORD) == user
    assert has_accounts()


def test_there_is_no_second_first_account(alice: User) -> None:
    with pytest.raises(Refused) as refused:
        create_first_account(username="dana", password=PASSWORD)
    assert refused.value.status == 409
    assert User.objects.count() == 1


def test_of_two_first_visitors_at_once_one_becomes_administrator(transactional_db: None) -> None:
    def visit(name: str) -> bool:
        try:
            create_first_account(username=name, password=PASSWORD)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(visit, ["a1", "b2", "c3", "d4"]))
    assert made.count(True) == 1
    assert User.objects.filter(is_superuser=True).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("username", "password", "email", "field"),
    [
        ("", PASSWORD, "", "username"),
        ("two words", PASSWORD, "", "username"),
        ("x" * 151, PASSWORD, "", "username"),
        ("dana", "short", "", "password"),
        ("dana", "12345678901", "", "password"),
        ("dana", "", "", "password"),
        ("dana", PASSWORD, "not-an-address", "email"),
    ],
)
def test_a_bad_value_is_named(username: str, password: str, email: str, field: str) -> None:
    for create in (create_first_account, create_user):
        with pytest.raises(BadValue) as refused:
            create(username=username, password=password, email=email)
        assert refused.value.field == field
    assert not User.objects.exists()


def test_a_name_is_taken_once(alice: User) -> None:
    with pytest.raises(BadValue, match="already exists") as refused:
        create_user(username="alice", password=PASSWORD)
    assert refused.value.field == "username"


@pytest.mark.django_db
def test_without_a_password_nobody_logs_in() -> None:
    user = create_user(username="robot")
    assert not user.has_usable_password()
    assert (user.is_staff, user.is_superuser, user.is_founder) == (False, False, False)


def test_every_token_is_another(alice: User) -> None:
    tokens = {create_token(user=alice, name="laptop") for _ in range(3)}
    assert len(tokens) == ApiToken.objects.filter(user=alice, name="laptop").count() == 3
