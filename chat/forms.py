"""What people type into the pages, read and named; what it must hold is the services' to say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from chat.models import User


class UUIDListField(forms.Field):
    """The ids of repeated hidden inputs."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[Any]:
        one = forms.UUIDField(required=False)
        return [found for found in (one.clean(item) for item in value or []) if found]


class SendForm(forms.Form):
    """A message as the composer sends it. Blank and too long are refused further down, in better words."""

    content = forms.CharField(required=False, strip=False)
    message_id = forms.UUIDField(required=False)
    attachment_ids = UUIDListField(required=False)
    queue = forms.BooleanField(required=False)
    model = forms.CharField(required=False)


class TextForm(forms.Form):
    content = forms.CharField(required=False, strip=False)


class NameForm(forms.Form):
    name = forms.CharField(max_length=200)


class SettingsForm(forms.Form):
    """The settings of one conversation; empty means: as the model does by itself."""

    system_prompt = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"class": "input", "rows": 3, "placeholder": "You are a patient teacher…"}
        ),
    )
    temperature = forms.FloatField(
        required=False,
        min_value=0,
        max_value=2,
        widget=forms.NumberInput(attrs={"class": "input", "step": "0.1", "placeholder": "Model’s own"}),
    )
    max_tokens = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "input", "placeholder": "Model’s own"}),
    )
    context_window = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"class": "input", "placeholder": "All that fit"}),
    )
    auto_context = forms.BooleanField(required=False)


class SetupForm(forms.Form):
    """The first account; it becomes the administrator."""

    username = forms.CharField(
        max_length=150,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "username", "autofocus": True}),
        validators=[User.username_validator],
    )
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("username") and values.get("password"):
            try:
                validate_password(values["password"], User(username=values["username"]))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values
