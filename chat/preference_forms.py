"""The forms of the settings page; each has the name of its section there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import WITH_KEYS
from chat.forms import TypedField
from chat.models import ApiToken, User

Choice = tuple[Any, Any]
MOST_DAYS = timedelta(days=3653)


class AppearanceForm(forms.Form):
    theme = forms.ChoiceField(
        required=False,
        choices=[("light", _("Light")), ("dark", _("Dark")), ("", _("As the system"))],
    )
    wrap_code = forms.BooleanField(required=False)
    line_numbers = forms.BooleanField(required=False)


class ThemeForm(forms.Form):
    """The theme alone, from the menu and the palette."""

    theme = AppearanceForm.base_fields["theme"]


@lru_cache(maxsize=1)
def zone_names() -> list[Choice]:
    """The zones that people live in, by continent."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    grouped = groupby(names, key=lambda name: name.partition("/")[0])
    return [(region, [(name, _place(name)) for name in found]) for region, found in grouped]


def _place(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", " – ")


def zone_choices() -> Iterable[Choice]:
    return [("", _("As the browser")), ("UTC", "UTC"), *zone_names()]


class RegionForm(forms.Form):
    language = forms.ChoiceField(
        required=False,
        choices=[("", _("As the browser")), *settings.LANGUAGES],
        widget=forms.Select(attrs={"class": "input"}),
    )
    time_zone = forms.ChoiceField(
        required=False, choices=zone_choices, widget=forms.Select(attrs={"class": "input"})
    )


class KeyboardForm(forms.Form):
    """How one writes and is told; the keys themselves are judged by the service."""

    send_key = forms.ChoiceField(
        choices=[("enter", _("Enter")), ("mod-enter", _("Ctrl+Enter, or ⌘+Enter on a Mac"))],
        widget=forms.Select(attrs={"class": "input"}),
    )
    announce = forms.ChoiceField(
        choices=[
            ("brief", _("When a reply begins and ends")),
            ("end", _("When a reply ends")),
            ("read", _("The whole reply when it has ended")),
            ("off", _("Nothing")),
        ],
        widget=forms.Select(attrs={"class": "input"}),
    )


class ExtrasForm(forms.Form):
    """What models may write beside one's conversations."""

    titles = forms.BooleanField(required=False)
    follow_ups = forms.BooleanField(required=False)


class KeysForm(forms.Form):
    single_keys = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WITH_KEYS:
            self.fields[name] = TypedField(required=False, max_length=40)


class AccountForm(forms.Form):
    username = TypedField(
        max_length=150,
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "username", "autocapitalize": "none"}
        ),
        validators=[User.username_validator],
    )
    email = forms.EmailField(
        required=False, widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email"})
    )


class TokenForm(forms.Form):
    """A new token; what is not said is as it stands there at first."""

    name = TypedField(
        max_length=ApiToken._meta.get_field("name").max_length,
        widget=forms.TextInput(
            attrs={"class": "input", "placeholder": _("Backup script"), "autocomplete": "off"}
        ),
    )
    scope = forms.ChoiceField(
        choices=ApiToken.Scope.choices,
        initial=ApiToken.Scope.FULL,
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    lifetime = forms.ChoiceField(
        choices=[
            ("30", _("after 30 days")),
            ("90", _("after 90 days")),
            ("365", _("after a year")),
            ("date", _("on a date …")),
            ("never", _("never")),
        ],
        initial="90",
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    last_day = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d")
    )

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        today = timezone.localdate()
        if day and not today <= day <= today + MOST_DAYS:
            raise forms.ValidationError(_("Choose a day from today on, within ten years."))
        return day

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        lifetime = values.get("lifetime") or self.fields["lifetime"].initial
        if lifetime != "date":
            self.errors.pop("last_day", None)  # the field is out of sight
        elif not values.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Say on which day it ends."))
        values["scope"] = ApiToken.Scope(values.get("scope") or ApiToken.Scope.FULL)
        values["expires_at"] = _end(lifetime, values.get("last_day"))
        return values


def _end(lifetime: str, last_day: date | None) -> datetime | None:
    """When that ends; a last day is whole, in the zone of the person who asks."""
    if lifetime == "date":
        return _midnight_after(last_day) if last_day else None
    return None if lifetime == "never" else timezone.now() + timedelta(days=int(lifetime))


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
