"""/compare: puts another conversation beside this one."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.slash.contract import Command, Invocation, Outcome
from chat.slash.titles import called, title_of, with_query


@hookimpl
def slash_commands() -> Iterable[Command]:
    title = title_of(gettext_lazy("The conversation to compare with"))
    words = gettext_lazy("Put another conversation beside this one")
    return [Command("compare", words, compare, (title,), icon="git-compare")]


def compare(asked: Invocation) -> Outcome:
    title, here = asked.arguments.get("title", ""), asked.conversation
    if other := called(asked, title) if title else None:
        return Outcome(go_to=reverse("compare", args=[here.pk, other.pk]))
    return Outcome(dialog=with_query(reverse("choose-comparison", args=[here.pk]), q=title))
