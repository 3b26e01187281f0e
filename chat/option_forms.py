"""The options of a kind of provider as a form: only those that it has, and none that must be filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from chat.providers.option import Option
from chat.providers.options import options_of, takes_temperature
from chat.speaking import translated

PREFIX = "option-"


class OptionsForm(forms.Form):
    """`inherited` holds where nothing is chosen here; what that does not say either, the model decides."""

    def __init__(
        self,
        kind: str,
        data: Any = None,
        *,
        values: Mapping[str, Any] | None = None,
        inherited: Mapping[str, Any] | None = None,
    ) -> None:
        initial = {f"{PREFIX}{name}": value for name, value in (values or {}).items()}
        super().__init__(data, initial=initial, auto_id="id_%s")
        self.kind, self.chosen = kind, dict(values or {})
        for option in options_of(kind):
            self.fields[f"{PREFIX}{option.name}"] = _field(option, (inherited or {}).get(option.name))

    @property
    def takes_temperature(self) -> bool:
        return takes_temperature(self.kind)

    def values(self) -> dict[str, Any]:
        """What is chosen, by option; None for what is not."""
        return {
            name.removeprefix(PREFIX): None if value == "" else value
            for name, value in self.cleaned_data.items()
        }


def _field(option: Option, inherited: Any) -> forms.Field:
    default = (
        _("Default") if inherited is None else _("Default: %(value)s") % {"value": _said(option, inherited)}
    )
    common: dict[str, Any] = {
        "required": False,
        "label": translated(option.label),
        "help_text": translated(option.help),
    }
    match option.type:
        case "switch":
            return forms.TypedChoiceField(
                choices=[("", default), ("True", _("On"))],
                coerce=lambda value: value == "True",
                empty_value=None,
                widget=_select(),
                **common,
            )
        case "choice":
            choices = [("", default), *((one.value, translated(one.label)) for one in option.choices)]
            return forms.ChoiceField(choices=choices, widget=_select(), **common)
        case "integer":
            common |= {"min_value": int(option.minimum), "max_value": int(option.maximum)}
            return forms.IntegerField(widget=_number(default, "1"), **common)
        case "number":
            common |= {"min_value": option.minimum, "max_value": option.maximum}
            return forms.FloatField(widget=_number(default, "any"), **common)


def _number(default: str, step: str) -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "input", "placeholder": default, "step": step})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "input"})


def _said(option: Option, value: Any) -> str:
    """A value as a person reads it."""
    labels = {one.value: translated(one.label) for one in option.choices}
    return _("On") if value is True else labels.get(value, str(value))
