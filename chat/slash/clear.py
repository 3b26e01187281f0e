"""/clear: takes the messages away, so that they can be brought back."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.services.sessions import clear_session
from chat.slash.contract import Command, Invocation, Outcome


@hookimpl
def slash_commands() -> Iterable[Command]:
    return [Command("clear", gettext_lazy("Clear this conversation; it can be undone"), clear, icon="eraser")]


def clear(asked: Invocation) -> Outcome:
    session = asked.conversation
    if not clear_session(session=session):
        return Outcome(_("There was nothing to clear."))
    undo = reverse("undo-clear", args=[session.pk])
    return Outcome(_("Conversation cleared."), undo_url=undo, is_reset=True)
