"""/rename: gives the conversation another title."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.services.sessions import update_session
from chat.slash.contract import Argument, Command, CommandRefused, Invocation, Outcome

LONGEST = 200


@hookimpl
def slash_commands() -> Iterable[Command]:
    title = Argument(gettext_lazy("title"), gettext_lazy("The new title"), key="title", is_required=True)
    words = gettext_lazy("Give this conversation another title")
    return [Command("rename", words, rename, (title,), icon="pencil")]


def rename(asked: Invocation) -> Outcome:
    title = " ".join(asked.arguments["title"].split())
    if len(title) > LONGEST:
        raise CommandRefused(_("A title has 1 to 200 characters."), field="content")
    session = update_session(session=asked.conversation, changes={"name": title})
    return Outcome(_("Renamed."), session=session)
