"""Other people, as programs name them."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from chat.models import User
from chat.text import clean_text


def person_called(username: str) -> User:
    """
    Raises:
        Http404: there is nobody of that name.
    """
    return get_object_or_404(User, username=clean_text(username))
