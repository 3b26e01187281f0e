"""Text that the database holds encrypted: who has a copy of it, and not SECRET_KEY, cannot read it."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

# Other uses of SECRET_KEY have keys of their own.
PURPOSE = b"parley.secrets"


class Lost(str):
    """Encrypted with a SECRET_KEY that is not here: as good as empty, and kept for when that is back."""

    __slots__ = ("token",)

    token: str

    def __new__(cls, token: str) -> Lost:
        lost = super().__new__(cls, "")
        lost.token = token
        return lost


class SecretField(models.TextField):  # type: ignore[type-arg]
    """Empty stays empty. It cannot be looked for: the same text is never encrypted alike."""

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        return decrypted(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Lost):
            return value.token
        text = super().get_prep_value(value)
        return encrypted(text) if text else text


def encrypted(text: str) -> str:
    return _ciphers(_keys()).encrypt(text.encode()).decode("ascii")


def decrypted(token: str) -> str:
    """The text, or what is Lost."""
    try:
        return _ciphers(_keys()).decrypt(token.encode()).decode()
    except InvalidToken:
        return Lost(token)


def _keys() -> tuple[str, ...]:
    """The newest first, which encrypts; all of them decrypt."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def _ciphers(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """As Fernet takes it. SECRET_KEY is long and random, so no slow derivation is needed."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return base64.urlsafe_b64encode(kdf.derive(key.encode()))
