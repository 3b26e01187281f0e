"""/new: leads to an empty page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.slash.contract import Command, Invocation, Outcome


@hookimpl
def slash_commands() -> Iterable[Command]:
    words = gettext_lazy("Begin a new conversation")
    return [Command("new", words, begin, icon="square-pen", needs_session=False)]


def begin(_asked: Invocation) -> Outcome:
    return Outcome(go_to=reverse("start"))
