"""Providers of models: set up here, their keys never shown."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from chat.models import ConfiguredProvider


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]
    api_key = forms.CharField(
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "It is never shown. Left empty, the key that is there stays; with another base URL it goes, "
            "since it was meant for that server alone."
        ),
    )

    class Meta:
        model = ConfiguredProvider
        fields = ["name", "kind", "base_url", "api_key", "model_names", "fallback", "is_default"]

    def clean_api_key(self) -> str:
        typed: str = self.cleaned_data["api_key"]
        is_same_server = self.cleaned_data.get("base_url") == self.instance.base_url
        return typed or (self.instance.api_key if is_same_server else "")


@admin.register(ConfiguredProvider)
class ConfiguredProviderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ProviderForm
    list_display = ["name", "kind", "base_url", "is_default", "created_at"]
    ordering = ["name"]
