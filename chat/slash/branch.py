"""/branch: goes on in a conversation of its own, with what was said so far."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.services.branching import branch_session
from chat.services.content import draft_of
from chat.services.quotas import admit_request
from chat.services.sending import send_message
from chat.slash.contract import Argument, Command, Invocation, Outcome


@hookimpl
def slash_commands() -> Iterable[Command]:
    message = Argument(gettext_lazy("message"), gettext_lazy("The first message there"), key="message")
    words = gettext_lazy("Go on in a copy; this conversation stays as it is")
    return [Command("branch", words, branch, (message,), icon="git-branch")]


def branch(asked: Invocation) -> Outcome:
    text = asked.arguments.get("message", "")
    draft = draft_of(text) if text else None
    if draft:
        here = asked.conversation
        admit_request(user=asked.user, provider=here.provider, model=here.model)
    made = branch_session(session=asked.conversation, owner=asked.user)
    if draft:
        send_message(session=made, author=asked.user, draft=draft)
    return Outcome(_("You are in a branch now."), session=made, go_to=reverse("session", args=[made.pk]))
