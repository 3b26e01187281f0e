"""/temporary: begins a conversation of which nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from chat.plugins import hookimpl
from chat.services.content import draft_of
from chat.services.quotas import admit_request
from chat.services.sending import send_message
from chat.services.sessions import create_session
from chat.slash.contract import Argument, Command, Invocation, Outcome


@hookimpl
def slash_commands() -> Iterable[Command]:
    message = Argument(gettext_lazy("message"), gettext_lazy("The first message there"), key="message")
    words = gettext_lazy("Begin a conversation that is not kept")
    return [Command("temporary", words, begin, (message,), icon="ghost", needs_session=False)]


def begin(asked: Invocation) -> Outcome:
    """With the model of the conversation that one is in."""
    text = asked.arguments.get("message", "")
    if not text:
        return Outcome(go_to=f"{reverse('start')}?temporary=1")
    draft = draft_of(text)
    here = asked.session
    provider, model = (here.provider, here.model) if here else ("", "")
    admit_request(user=asked.user, provider=provider, model=model)
    with transaction.atomic():
        made = create_session(owner=asked.user, provider=provider, model=model, is_temporary=True)
        send_message(session=made, author=asked.user, draft=draft)
    return Outcome(session=made, go_to=reverse("session", args=[made.pk]))
