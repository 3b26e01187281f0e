"""/merge: shows what merging another conversation into this one would do, to be confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.slash.contract import Command, Invocation, Outcome
from chat.slash.titles import called, title_of, with_query


@hookimpl
def slash_commands() -> Iterable[Command]:
    title = title_of(gettext_lazy("The conversation that is merged"))
    words = gettext_lazy("Add what another conversation has of its own")
    return [Command("merge", words, merge, (title,), icon="git-merge")]


def merge(asked: Invocation) -> Outcome:
    title = asked.arguments.get("title", "")
    source = called(asked, title) if title else None
    here = reverse("merge", args=[asked.conversation.pk])
    return Outcome(dialog=with_query(here, source=source.pk) if source else with_query(here, q=title))
