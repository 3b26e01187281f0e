"""Providers of models: set up here, their keys never shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.admin.looking import Checked
from chat.errors import BadValue
from chat.models import ConfiguredProvider, ModelOverride
from chat.services.model_lists import OVERRIDABLE, override_model
from chat.services.providers import (
    address_of,
    check_provider,
    provider_kinds,
    remove_provider,
    save_provider,
)

KINDS = {
    "openai": _("OpenAI, or a server that speaks as it does"),
    "anthropic": _("Anthropic (Claude)"),
    "google": _("Google (Gemini)"),
    "local": _("A model on this machine"),
}


def kind_choices() -> list[tuple[str, Any]]:
    """What a provider can be, the most common first."""
    return [(kind, KINDS.get(kind, kind)) for kind in sorted(provider_kinds(), reverse=True)]


class Lines(forms.Field):
    """A list of words, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 40})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return str(value or "").split()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != (initial or [])


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
    model_names = Lines(
        label=_("Models"),
        required=False,
        help_text=_("One a line, as the server calls them. They are offered beside the text box."),
    )
    api_key = forms.CharField(
        label=_("API key"),
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
        help_texts: ClassVar[Any] = {
            "name": _("Conversations remember it: it stays as it is."),
            "base_url": _(
                "It ends before /chat/completions. Empty: OpenAI itself. "
                "For a model on this machine, the path of its file."
            ),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors:
            name = values.get("name") or self.instance.name
            try:
                check_provider(name, values["kind"], address_of(self.instance, values["base_url"]))
            except BadValue as bad:
                self.add_error(bad.field, bad.detail)
        if values.get("fallback") and values["fallback"].pk == self.instance.pk:
            self.add_error("fallback", _("A provider cannot fall back to itself."))
        return values

    def _get_validation_exclusions(self) -> set[str]:
        """Another default stops being one when this is saved."""
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]


@admin.register(ConfiguredProvider)
class ConfiguredProviderAdmin(Checked):
    form = ProviderForm
    fields: ClassVar[Any] = ProviderForm.Meta.fields
    list_display = ["name", "kind", "base_url", "is_default", "created_at"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConfiguredProvider]:
        """People's own are theirs alone."""
        return super().get_queryset(request).filter(owner=None)

    def get_readonly_fields(self, request: HttpRequest, obj: ConfiguredProvider | None = None) -> Any:
        return ["name"] if obj else []

    def save_model(self, request: HttpRequest, obj: ConfiguredProvider, form: Any, change: Any) -> None:
        fallback = obj.fallback.name if obj.fallback else ""
        saved = save_provider(
            name=obj.name,
            kind=obj.kind,
            base_url=obj.base_url,
            api_key=form.cleaned_data["api_key"],
            models=obj.model_names,
            fallback=fallback,
            is_default=obj.is_default,
        )
        obj.pk = saved.pk

    def delete_model(self, request: HttpRequest, obj: ConfiguredProvider) -> None:
        remove_provider(provider=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ConfiguredProvider]) -> None:
        for provider in queryset:
            remove_provider(provider=provider)


@admin.register(ModelOverride)
class ModelOverrideAdmin(Checked):
    """Of the site's providers; the pages of the settings have the same, beside what is listed."""

    fields: ClassVar[Any] = ["provider", "model", *OVERRIDABLE]
    list_display = ["provider", "model", "label", "context_window", "is_hidden"]
    ordering = ["provider", "model"]

    def get_readonly_fields(self, request: HttpRequest, obj: ModelOverride | None = None) -> Any:
        return ["provider", "model"] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelOverride]:
        return super().get_queryset(request).filter(owner=None)

    def save_model(self, request: HttpRequest, obj: ModelOverride, form: Any, change: Any) -> None:
        values = {name: getattr(obj, name) for name in OVERRIDABLE}
        saved = override_model(owner=None, provider=obj.provider, model=obj.model, values=values)
        obj.pk = saved.pk if saved else obj.pk
