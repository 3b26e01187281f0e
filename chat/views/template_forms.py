"""What the pages of templates read from their forms, and what they show in them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.forms import SettingsForm
from chat.models import Message, Session, Template
from chat.option_forms import OptionsForm
from chat.text import clean_text
from chat.views.changed import setting_texts
from chat.views.choices import SEPARATOR, split
from chat.views.fallbacks import fallback_texts, of_form
from chat.views.session_options import option_texts

NAME_CHARS = 120
DESCRIPTION_CHARS = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """A template as its form shows it, also one that will not do yet."""

    name: str
    description: str
    is_shared: bool
    choice: str
    settings: SettingsForm
    fallbacks: list[dict[str, str]]
    messages: list[dict[str, str]]
    variables: list[dict[str, Any]]
    # Which servers of tools are on, where that is said; of a form that was sent, those that shall be.
    tools: dict[str, bool]
    # Of the provider of that model; None where it has none, or where they are not shown.
    options: OptionsForm | None = None


def shown(template: Template, options: OptionsForm | None = None) -> Shown:
    choice = f"{template.provider}{SEPARATOR}{template.model}" if template.provider or template.model else ""
    return Shown(
        template.name,
        template.description,
        template.is_shared,
        choice,
        SettingsForm(initial=template.all_settings),
        template.fallbacks,
        template.messages,
        template.variables,
        template.tools,
        options,
    )


def typed(data: QueryDict, options: OptionsForm | None = None) -> Shown:
    """The form as it was sent."""
    return Shown(
        clean_text(data.get("name", "")),
        clean_text(data.get("description", "")),
        "is_shared" in data,
        clean_text(data.get("model", "")),
        SettingsForm(data),
        of_form(data),
        messages_of(data),
        variables_of(data),
        dict.fromkeys(data.getlist("tools"), True),
        options,
    )


def of_session(session: Session) -> Template:
    """A template that is not saved yet, with how this conversation is set."""
    return Template(
        name=session.name[:NAME_CHARS],
        provider=session.provider,
        model=session.model,
        settings=session.settings,
        options=session.options,
        fallbacks=session.fallbacks,
        tools=session.tools,
    )


def values_of(form: Shown) -> dict[str, Any]:
    """As the service takes them.

    Raises:
        BadValue: one of them will not do.
    """
    if len(form.name) > NAME_CHARS or len(form.description) > DESCRIPTION_CHARS:
        raise BadValue(_("The name or the description is too long."), field="name")
    if not form.settings.is_valid():
        raise BadValue(str(next(iter(form.settings.errors.values()))[0]), field="settings")
    if form.options and not form.options.is_valid():
        name, wrong = next(iter(form.options.errors.items()))
        raise BadValue(f"{form.options[name].label}: {wrong[0]}", field="options")
    provider, model = split(form.choice)
    return {
        "name": form.name,
        "description": form.description,
        "is_shared": form.is_shared,
        "provider": provider[:80],
        "model": model[:200],
        "settings": form.settings.cleaned_data,
        "fallbacks": form.fallbacks,
        "messages": form.messages,
        "variables": form.variables,
    }


def messages_of(data: QueryDict) -> list[dict[str, str]]:
    """Those that are not blank."""
    rows = zip(data.getlist("role"), data.getlist("content"), strict=False)
    return [{"role": role, "content": clean_text(text)} for role, text in rows if text.strip()]


def variables_of(data: QueryDict) -> list[dict[str, Any]]:
    names = data.getlist("variable")
    said = [data.getlist(f"variable_{key}") for key in ("label", "default", "choices")]
    rows = zip_longest(names, *said, fillvalue="")
    required = set(data.getlist("variable_required"))
    return [
        {
            "name": name,
            "label": clean_text(label)[:NAME_CHARS],
            "default": clean_text(default),
            "choices": [one.strip() for one in clean_text(choices).split(",") if one.strip()],
            "required": name in required,
        }
        for name, label, default, choices in rows
        if name
    ]


def given_of(data: QueryDict) -> dict[str, str]:
    """What a person filled in for each variable."""
    return {key[2:]: value for key, value in data.items() if key.startswith("v_") and isinstance(value, str)}


def form_texts(form: Shown) -> dict[str, str]:
    """What the form says, as one reads it, by what it is called there."""
    settings = form.settings.cleaned_data if form.settings.is_bound else form.settings.initial
    said = [f"{_role(one['role'])}: {one['content']}" for one in form.messages]
    return {
        _("Name"): form.name,
        _("Description"): form.description,
        _("Model"): form.choice.strip(SEPARATOR).replace(SEPARATOR, " · "),
        **setting_texts(settings),
        **_option_texts(form.options),
        **fallback_texts(form.fallbacks),
        _("Starter messages"): "\n\n".join(said),
        _("To be filled in"): "\n".join(_variable_text(one) for one in form.variables),
        _("Share it with everybody here"): _("yes") if form.is_shared else _("no"),
    }


def _option_texts(form: OptionsForm | None) -> dict[str, str]:
    """Those of the form's kind that are set, or would be."""
    if form is None:
        return {}
    values = form.values() if form.is_bound and form.is_valid() else form.chosen
    return option_texts(form, values)


def _role(role: str) -> str:
    return _("You") if role == Message.Role.USER else _("The model")


def _variable_text(variable: dict[str, Any]) -> str:
    words = [variable["label"], variable["default"], ", ".join(variable["choices"])]
    words += [_("Required")] if variable["required"] else []
    return f"{variable['name']}: {' · '.join(word for word in words if word)}"
