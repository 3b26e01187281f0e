"""The models that the composer offers, and what of them a form chose."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.generation.choice import ModelChoice, model_choices
from chat.models import Session
from chat.providers.facts import facts_of
from chat.text import number
from chat.views.provider_health import resting

SEPARATOR = "::"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool = False
    facts: str = ""

    @property
    def provider(self) -> str:
        return split(self.value)[0]

    @property
    def name(self) -> str:
        """The model; where the provider decides which, that one's name."""
        return split(self.value)[1] or self.provider


def choices(session: Session | None, *, wanted: str = "") -> list[Choice]:
    """The default first; a session's own model stays in the list when its provider has gone.

    `wanted` is what was chosen for a conversation that is not there yet.
    """
    found = {f"{choice.provider}{SEPARATOR}{choice.model}": choice for choice in model_choices()}
    own = own_choice(session, list(found)) if session else ""
    if session is None and wanted in found:
        own = wanted
    at_rest = resting(choice.provider for choice in found.values())
    offered = [
        Choice(value, choice.label, facts=facts_line(choice, is_resting=choice.provider in at_rest))
        for value, choice in found.items()
    ]
    if own and own not in found:
        offered.append(Choice(own, own.strip(SEPARATOR).replace(SEPARATOR, " · ")))
    current = own or (offered[0].value if offered else "")
    return [replace(choice, is_chosen=choice.value == current) for choice in offered]


def facts_line(choice: ModelChoice, *, is_resting: bool = False) -> str:
    """What is known of a model, in a few words; empty where nothing is."""
    words = [_("does not answer just now")] if is_resting else []
    if choice.kind == "local":
        return " · ".join([*words, _("Runs on this machine")])
    facts = facts_of(choice.kind, choice.base_url, choice.model, timezone.now().date())
    if facts.context_window:
        words.append(_("%(count)sK context") % {"count": number(facts.context_window // 1000)})
    if facts.sees_pictures:
        words.append(_("sees images"))
    if facts.input_price is not None and facts.output_price is not None:
        prices = {
            "read": number_format(facts.input_price.normalize()),
            "written": number_format(facts.output_price.normalize()),
        }
        words.append(_("$%(read)s in, $%(written)s out per million") % prices)
    return " · ".join(words)


def own_choice(session: Session, offered: list[str]) -> str:
    """The session's model; where it names a provider alone, that one's first; empty for the default."""
    if session.model or not session.provider:
        return f"{session.provider}{SEPARATOR}{session.model}" if session.model else ""
    start = f"{session.provider}{SEPARATOR}"
    return next((value for value in offered if value.startswith(start)), start)


def chosen(value: str, session: Session | None = None) -> tuple[str, str]:
    """The provider and model that a form names.

    Raises:
        BadValue: the session is not offered that.
    """
    if value not in {choice.value for choice in choices(session)}:
        raise BadValue(_("That model is not offered any more. Choose another one."), field="model")
    return split(value)


def change_of(value: str, session: Session) -> dict[str, str]:
    """What a form's choice changes in the session; nothing where it is what is shown there.

    Raises:
        BadValue: as `chosen`.
    """
    shown = next((choice.value for choice in choices(session) if choice.is_chosen), "")
    if not value or value == shown:
        return {}
    provider, model = chosen(value, session)
    return {"provider": provider, "model": model}


def split(value: str) -> tuple[str, str]:
    """The provider and model of a choice."""
    provider, _, model = value.partition(SEPARATOR)
    return provider, model
