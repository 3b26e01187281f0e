"""The models that the composer offers, and what of them a form chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from chat.costs.pricing import PriceBook, read_price_book
from chat.errors import BadValue
from chat.generation.choice import ModelChoice, model_choices
from chat.generation.health import health_name_of
from chat.lineups import asked_by
from chat.models import Message, Session, User
from chat.providers.contract import ProviderConfig
from chat.providers.facts import Facts
from chat.text import clean_text, number
from chat.views.provider_health import resting

SEPARATOR = "::"
# Models that can be asked at once.
MOST = 4
# What a model can do, by the sign that says so.
SIGNS = {
    "image": "sees_pictures",
    "file-text": "reads_documents",
    "wrench": "calls_tools",
    "brain": "reasons",
}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool = False
    facts: str = ""
    # As people call the model, where that is not its name.
    title: str = ""
    is_own: bool = False
    # What it can do, as the names of signs.
    signs: tuple[str, ...] = ()

    @property
    def provider(self) -> str:
        return split(self.value)[0]

    @property
    def group(self) -> str:
        """Its provider, as a list is headed."""
        return _("%(name)s · yours") % {"name": self.provider} if self.is_own else self.provider

    @property
    def name(self) -> str:
        """The model as people call it; where the provider decides which, that one's name."""
        return self.title or split(self.value)[1] or self.provider


def choices(
    user: User,
    session: Session | None,
    *,
    wanted: str = "",
    configs: Sequence[ProviderConfig] | None = None,
) -> list[Choice]:
    """What this person can choose, the default first; a session's own model stays when its provider has gone.

    `wanted` is what was chosen for a conversation that is not there yet; `configs` are the person's
    providers, where they have been read.
    """
    found = {
        f"{choice.provider}{SEPARATOR}{choice.model}": choice
        for choice in model_choices(user, configs=configs)
    }
    own = own_choice(session, list(found)) if session else ""
    if session is None and wanted in found:
        own = wanted
    whose = {value: health_name_of(choice.owner, choice.provider) for value, choice in found.items()}
    at_rest = resting(whose.values())
    book = read_price_book()
    offered = [
        _offered(value, _priced(choice, book), is_resting=whose[value] in at_rest)
        for value, choice in found.items()
    ]
    if own and own not in found:
        offered.append(Choice(own, own.strip(SEPARATOR).replace(SEPARATOR, " · ")))
    current = own or (offered[0].value if offered else "")
    return [replace(choice, is_chosen=choice.value == current) for choice in offered]


def _priced(choice: ModelChoice, book: PriceBook) -> ModelChoice:
    """With the price that an administrator set, if any did."""
    own = book.own_price(choice.provider, [choice.model], timezone.now())
    if own is None:
        return choice
    facts = replace(choice.facts, input_price=own.input_price, output_price=own.output_price)
    return replace(choice, facts=facts)


def _offered(value: str, choice: ModelChoice, *, is_resting: bool) -> Choice:
    label = f"{choice.title} · {choice.label}" if choice.title else choice.label
    return Choice(
        value,
        label,
        facts=facts_words(choice.kind, choice.facts, is_resting=is_resting),
        title=choice.title,
        is_own=choice.owner is not None,
        signs=tuple(name for name, ability in SIGNS.items() if getattr(choice.facts, ability)),
    )


def facts_words(kind: str, facts: Facts, *, is_resting: bool = False) -> str:
    """What is known of a model, in a few words; empty where nothing is."""
    words = [_("does not answer just now")] if is_resting else []
    if kind == "local":
        return " · ".join([*words, _("Runs on this machine")])
    if facts.context_window:
        words.append(_("%(count)sK context") % {"count": number(facts.context_window // 1000)})
    if facts.input_price is not None and facts.output_price is not None:
        prices = {
            "read": number_format(facts.input_price.normalize()),
            "written": number_format(facts.output_price.normalize()),
        }
        words.append(_("$%(read)s in, $%(written)s out per million") % prices)
    return " · ".join(words)


def chosen_value(user: User, session: Session) -> str:
    """The one of them that is shown as chosen; empty where there is none."""
    return next((choice.value for choice in choices(user, session) if choice.is_chosen), "")


def own_choice(session: Session, offered: list[str]) -> str:
    """The session's model; where it names a provider alone, that one's first; empty for the default."""
    if session.model or not session.provider:
        return f"{session.provider}{SEPARATOR}{session.model}" if session.model else ""
    start = f"{session.provider}{SEPARATOR}"
    return next((value for value in offered if value.startswith(start)), start)


def chosen(user: User, value: str, session: Session | None = None) -> tuple[str, str]:
    """The provider and model that a form names.

    Raises:
        BadValue: the session is not offered that.
    """
    if value not in {choice.value for choice in choices(user, session)}:
        raise BadValue(_("That model is not offered any more. Choose another one."), field="model")
    return split(value)


def chosen_again(user: User, value: str, reply: Message) -> tuple[str, str]:
    """As `chosen`; who gave that reply may also be called by the name that it answered by.

    Raises:
        BadValue: the session is not offered that.
    """
    try:
        return chosen(user, value, reply.session)
    except BadValue:
        asked = asked_by([reply.pk]).get(reply.pk)
        if asked is None or split(value) != (reply.provider, reply.model):
            raise
        return chosen(user, SEPARATOR.join(asked), reply.session)


def chosen_several(user: User, values: list[str], session: Session | None = None) -> list[tuple[str, str]]:
    """The providers and models that a form asks at once; none where it is not several.

    Raises:
        BadValue: too many, or the session is not offered one of them.
    """
    if len(values) < 2:
        return []
    if len(values) > MOST:
        raise BadValue(_("At most %(n)s models can be asked at once.") % {"n": MOST}, field="models")
    offered = {choice.value for choice in choices(user, session)}
    if not offered.issuperset(values):
        raise BadValue(_("One of the models is not offered any more. Choose another one."), field="models")
    return [split(value) for value in values]


def change_of(user: User, value: str, session: Session) -> dict[str, str]:
    """What a form's choice changes in the session; nothing where it is what is shown there.

    Raises:
        BadValue: as `chosen`.
    """
    shown = chosen_value(user, session)
    if not value or value == shown:
        return {}
    provider, model = chosen(user, value, session)
    return {"provider": provider, "model": model}


def split(value: str) -> tuple[str, str]:
    """The provider and model of a choice."""
    provider, _, model = clean_text(value).partition(SEPARATOR)
    return provider, model
