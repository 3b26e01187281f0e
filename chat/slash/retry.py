"""/retry: has the last message answered again."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.models import Message
from chat.plugins import hookimpl
from chat.services.quotas import admit_request
from chat.services.sending import regenerate_reply
from chat.slash.contract import Command, CommandRefused, Invocation, Outcome


@hookimpl
def slash_commands() -> Iterable[Command]:
    words = gettext_lazy("Have the last message answered again")
    return [Command("retry", words, retry, icon="refresh-cw")]


def retry(asked: Invocation) -> Outcome:
    shown = Message.objects.live().on_path(asked.conversation)
    last = shown.filter(role=Message.Role.ASSISTANT).order_by("-depth").first()
    if last is None:
        raise CommandRefused(_("There is no reply yet that could be made again."), field="content")
    here = asked.conversation
    admit_request(user=asked.user, provider=here.provider, model=here.model)
    return Outcome(messages=(regenerate_reply(message=last, author=asked.user),))
