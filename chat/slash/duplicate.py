"""/duplicate: makes a copy of the conversation, and opens it."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.services.duplicating import duplicate_session
from chat.slash.contract import Command, Invocation, Outcome


@hookimpl
def slash_commands() -> Iterable[Command]:
    words = gettext_lazy("Copy this conversation with all that is in it")
    return [Command("duplicate", words, duplicate, icon="copy-plus")]


def duplicate(asked: Invocation) -> Outcome:
    made = duplicate_session(session=asked.conversation, owner=asked.user)
    words = _("This is the copy. The original is as it was.")
    return Outcome(words, session=made, go_to=reverse("session", args=[made.pk]))
