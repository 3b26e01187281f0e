"""/stop: stops the reply that is being written."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.services.replies import stop_reply
from chat.slash.contract import Command, Invocation, Outcome


@hookimpl
def slash_commands() -> Iterable[Command]:
    return [Command("stop", gettext_lazy("Stop the reply that is being written"), stop, icon="square")]


def stop(asked: Invocation) -> Outcome:
    return Outcome("" if stop_reply(session=asked.conversation) else _("No reply is being written."))
