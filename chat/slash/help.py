"""/help: shows all commands."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.slash.contract import Command, Invocation, Outcome


@hookimpl
def slash_commands() -> Iterable[Command]:
    words = gettext_lazy("Show all commands")
    return [Command("help", words, show_help, icon="circle-help", needs_session=False)]


def show_help(_asked: Invocation) -> Outcome:
    return Outcome(dialog=reverse("help"))
