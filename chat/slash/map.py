"""/map: shows where the conversation forks."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.slash.contract import Command, Invocation, Outcome


@hookimpl
def slash_commands() -> Iterable[Command]:
    words = gettext_lazy("Show the versions and branches of this conversation")
    return [Command("map", words, show_map, icon="git-graph")]


def show_map(asked: Invocation) -> Outcome:
    return Outcome(dialog=reverse("map", args=[asked.conversation.pk]))
