"""/model: has another model answer from here on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.generation.choice import ModelChoice, model_choices
from chat.models import User
from chat.plugins import hookimpl
from chat.services.sessions import update_session
from chat.slash.contract import Argument, Command, CommandRefused, Invocation, Outcome, Suggestion

SUGGESTIONS = 20


@hookimpl
def slash_commands() -> Iterable[Command]:
    name = Argument(
        gettext_lazy("name"),
        gettext_lazy("The model that answers"),
        key="model",
        is_required=True,
        complete=offered,
    )
    words = gettext_lazy("Let another model answer from here on")
    return [Command("model", words, choose_model, (name,), icon="sparkles")]


def offered(asked: Invocation, typed: str) -> Sequence[Suggestion]:
    return [Suggestion(_value(one), one.provider) for one in _fitting(asked.user, typed)[:SUGGESTIONS]]


def choose_model(asked: Invocation) -> Outcome:
    typed = asked.arguments["model"]
    found = _exact(asked.user, typed) or _fitting(asked.user, typed)
    if not found:
        words = _("No model is called “%(name)s”.") % {"name": typed}
        raise CommandRefused(words, field="content")
    if len(found) > 1:
        names = ", ".join(_value(one) for one in found[:5])
        words = _("That fits several models: %(names)s.") % {"names": names}
        raise CommandRefused(words, field="content")
    [choice] = found
    changes = {"provider": choice.provider, "model": choice.model}
    session = update_session(session=asked.conversation, changes=changes)
    return Outcome(_("%(model)s answers from here on.") % {"model": _value(choice)}, session=session)


def _value(choice: ModelChoice) -> str:
    return choice.model or choice.provider


def _exact(user: User, typed: str) -> list[ModelChoice]:
    """By its name, or by its provider's and its own ("openai gpt-5")."""
    wanted = " ".join(typed.lower().replace("::", " ").split())
    every = model_choices(user)
    own = [one for one in every if _value(one).lower() == wanted]
    return own[:1] or [one for one in every if f"{one.provider} {one.model}".lower() == wanted]


def _fitting(user: User, typed: str) -> list[ModelChoice]:
    """Those that have every word of it in their names; with the first word in front, first."""
    words = typed.lower().split()
    every = [one for one in model_choices(user) if all(word in one.label.lower() for word in words)]
    return sorted(every, key=lambda one: not _value(one).lower().startswith(words[0] if words else ""))
