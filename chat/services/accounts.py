"""The writer of accounts."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat import audit
from chat.errors import BadValue, Refused
from chat.models import User


class AlreadySetUp(Refused):
    code = "already-set-up"
    status = 409
    title = gettext_lazy("There is an administrator already")


def has_accounts() -> bool:
    return User.objects.exists()


def create_first_account(*, username: str, password: str, email: str = "") -> User:
    """The administrator, made by the first visitor.

    Raises:
        AlreadySetUp: somebody was first.
        BadValue: the name or the password will not do.
    """
    if has_accounts():
        raise AlreadySetUp(_("Log in, or ask the administrator for an account."))
    user = _valid_user(username=username, password=password, email=email)
    user.is_founder = user.is_staff = user.is_superuser = True
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            audit.note(audit.Action.ACCOUNT_MADE, user, actor=user)
    except IntegrityError as error:  # the other of two first visitors
        raise AlreadySetUp(_("Somebody made the first account just now. Log in.")) from error
    return user


def create_user(*, username: str, password: str | None = None, email: str = "") -> User:
    """An ordinary account; without a password it can use tokens, and nobody can log in to it.

    Raises:
        BadValue: the name is taken or the values will not do.
    """
    user = _valid_user(username=username, password=password, email=email)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            audit.note(audit.Action.ACCOUNT_MADE, user)
    except IntegrityError as error:
        raise BadValue(_("A user with that username already exists."), field="username") from error
    return user


def change_account(*, user: User, username: str, email: str) -> User:
    """Another name or address.

    Raises:
        BadValue: the name is taken or the values will not do.
    """
    row = User.objects.get(pk=user.pk)
    row.username, row.email = User.normalize_username(username), User.objects.normalize_email(email)
    try:
        row.full_clean(exclude=["password"])
        with transaction.atomic():
            row.save(update_fields=["username", "email"])
            audit.note(audit.Action.ACCOUNT_CHANGED, row)
    except ValidationError as error:
        raise _bad_value(error) from error
    except IntegrityError as error:  # the other of two who took it at once
        raise BadValue(_("A user with that username already exists."), field="username") from error
    return row


def _valid_user(*, username: str, password: str | None, email: str) -> User:
    user = User(username=User.normalize_username(username), email=User.objects.normalize_email(email))
    try:
        user.full_clean(exclude=["password"])
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        raise _bad_value(error) from error
    user.set_password(password)
    return user


def _bad_value(error: ValidationError) -> BadValue:
    if not hasattr(error, "error_dict"):
        return BadValue(" ".join(error.messages), field="password")
    field, messages = next(iter(error.message_dict.items()))
    return BadValue(" ".join(messages), field=field)
