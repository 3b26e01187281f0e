"""The options of the model of a conversation, or of a template, in the form of its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from chat.errors import NoProvider
from chat.generation.choice import provider_for
from chat.models import Session, Template, User
from chat.option_forms import OptionsForm
from chat.providers.contract import ProviderConfig
from chat.providers.options import options_of
from chat.speaking import translated
from chat.text import clean_text


def options_form_of(
    user: User,
    session: Session | Template,
    data: QueryDict | None = None,
    *,
    configs: Sequence[ProviderConfig] | None = None,
) -> OptionsForm | None:
    """With what the provider itself is set to as its defaults; None where there is nothing to set.

    What was typed is of the kind that the form was made for: the model may be another one since. `configs`
    are the person's providers, where they have been read.
    """
    try:
        config, _model = provider_for(session.provider, session.model, user, configs=configs)
        kind, inherited = config.kind, config.options
    except NoProvider:
        kind, inherited = "", {}
    if data is not None:
        typed = clean_text(data.get("options_kind", ""))
        kind, inherited = typed, inherited if typed == kind else {}
    if not options_of(kind):
        return None
    return OptionsForm(kind, data, values=session.options.get(kind, {}), inherited=inherited)


def changes_of(form: OptionsForm | None) -> dict[str, Any]:
    """What a valid form changes in the session."""
    return {"options": {form.kind: form.values()}} if form else {}


def option_texts(form: OptionsForm | None, values: dict[str, Any]) -> dict[str, str]:
    """As one reads them."""
    if form is None:
        return {}
    own = _("the model’s default")
    labels = {option.name: translated(option.label) for option in options_of(form.kind)}
    return {label: own if values.get(name) is None else str(values[name]) for name, label in labels.items()}
