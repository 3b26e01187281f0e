"""The forms that set a provider up: for each kind the fields that it has, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.forms import TypedField
from chat.models import ConfiguredProvider, User
from chat.providers.gguf import found_files, read_header
from chat.providers.local_file import BUNDLED
from chat.services.providers import FIXED_ADDRESS
from chat.text import number

KINDS = {
    "openai": (
        _("OpenAI or compatible"),
        _("OpenAI itself, OpenRouter, vLLM, Ollama, LM Studio, llama.cpp and many others"),
    ),
    "anthropic": (_("Anthropic"), _("Claude")),
    "google": (_("Google"), _("Gemini")),
    "local": (_("On this machine"), _("A model’s file, run by Parley itself without any server")),
    "scripted": (_("Scripted"), _("For tests")),
}
# As people know them, for who has the key and no address at hand.
ADDRESSES = {
    "OpenAI": "https://api.openai.com/v1",
    "OpenRouter": "https://openrouter.ai/api/v1",
    "Ollama": "http://localhost:11434/v1",
    "LM Studio": "http://localhost:1234/v1",
    "vLLM": "http://localhost:8000/v1",
    "llama.cpp": "http://localhost:8080/v1",
}
PASSWORD = {"class": "input", "autocomplete": "off", "spellcheck": "false"}


class LinesField(forms.CharField):
    """Names, one a line."""

    widget = forms.Textarea(attrs={"class": "input", "rows": 3, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        return [line for line in lines if line]


class ProviderForm(forms.Form):
    name = TypedField(
        label=_("Name"),
        max_length=80,
        help_text=_("Letters, digits, dots and hyphens. Conversations remember it, so it stays as it is."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "autocapitalize": "none"}),
    )
    base_url = TypedField(
        label=_("Address"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "url", "autocomplete": "off"}),
    )
    api_key = TypedField(
        label=_("API key"), required=False, max_length=1000, widget=forms.PasswordInput(attrs=PASSWORD)
    )
    forgets_key = forms.BooleanField(label=_("Forget the key that is kept"), required=False)
    models = LinesField(
        label=_("Models"),
        required=False,
        help_text=_("One a line. Left empty, all that the provider lists are offered."),
    )
    fallback = forms.ChoiceField(
        label=_("When it fails, ask"), required=False, widget=forms.Select(attrs={"class": "input"})
    )
    is_default = forms.BooleanField(label=_("The default for new conversations"), required=False)

    def __init__(
        self, kind: str, owner: User | None, row: ConfiguredProvider | None, data: Any = None, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.kind, self.owner, self.row = kind, owner, row
        if row is not None:
            del self.fields["name"]
        if row is None or not row.api_key or kind == "local":
            del self.fields["forgets_key"]
        self._fit_address()
        if kind == "local":
            del self.fields["api_key"]
        elif kind == "openai":
            self.fields["api_key"].help_text = gettext("Servers on a machine of your own often need none.")
        self._offer_fallbacks()

    def _fit_address(self) -> None:
        field = self.fields["base_url"]
        if self.kind == "local":
            self._offer_files()
        elif self.kind in FIXED_ADDRESS and self.owner is not None and not self.owner.is_superuser:
            del self.fields["base_url"]
        elif self.kind == "openai":
            field.help_text = gettext("It ends before /chat/completions. Left empty, OpenAI’s own.")
            field.widget.attrs |= {"placeholder": ADDRESSES["OpenAI"], "list": "provider-addresses"}
        else:
            field.help_text = gettext("Left empty, the maker’s own. A gateway may have another.")

    def _offer_files(self) -> None:
        """Those of the folder of models, and the one that is set already."""
        found = [one for one in found_files(models_folder()) if one.header]
        choices = [(str(one.path), f"{one.path.stem} ({filesizeformat(one.size)})") for one in found]
        current = self.row.base_url if self.row else ""
        if current and current not in dict(choices):
            choices.append((current, Path(current).stem))
        self.fields["base_url"] = forms.ChoiceField(
            label=gettext("Model"),
            required=False,
            choices=[("", gettext("%(name)s, which comes with Parley") % {"name": BUNDLED}), *choices],
            help_text=gettext("GGUF files in the folder %(folder)s are offered here.")
            % {"folder": models_folder()},
            widget=forms.Select(attrs={"class": "input"}),
        )
        del self.fields["models"]

    def _offer_fallbacks(self) -> None:
        others = ConfiguredProvider.objects.filter(owner=self.owner).order_by("name")
        names = [
            name for name in others.values_list("name", flat=True) if not self.row or name != self.row.name
        ]
        field = self.fields["fallback"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("Nobody else")), *((name, name) for name in names)]

    def clean_base_url(self) -> str:
        address: str = self.cleaned_data["base_url"]
        if self.kind == "local" and address and read_header(Path(address)) is None:
            raise forms.ValidationError(gettext("That file is no GGUF model, or cannot be read."))
        return address.strip()


class OverrideForm(forms.Form):
    """What is known better of a model than its list has it; empty: as the list has it."""

    label = TypedField(label=_("Name for people"), required=False, max_length=120)
    context_window = forms.IntegerField(
        label=_("Context window, in tokens"), required=False, min_value=1, max_value=100_000_000
    )
    max_output = forms.IntegerField(
        label=_("Longest reply, in tokens"), required=False, min_value=1, max_value=100_000_000
    )
    sees_pictures = forms.NullBooleanField(label=_("Sees pictures"), required=False)
    reads_documents = forms.NullBooleanField(label=_("Reads PDFs"), required=False)
    calls_tools = forms.NullBooleanField(label=_("Calls tools"), required=False)
    reasons = forms.NullBooleanField(label=_("Thinks before it answers"), required=False)
    is_hidden = forms.BooleanField(label=_("Do not offer it"), required=False)

    def __init__(self, *args: Any, listed: Mapping[str, Any], **kwargs: Any) -> None:
        """`listed`: what holds where nothing is said here, by field."""
        super().__init__(*args, **kwargs)
        for name, value in listed.items():
            self.fields[name].widget.attrs["placeholder"] = value if isinstance(value, str) else number(value)
        for field in self.fields.values():
            if isinstance(field, forms.NullBooleanField):
                unknown = gettext("As it is listed")
                field.widget.choices = [
                    ("unknown", unknown),
                    ("true", gettext("Yes")),
                    ("false", gettext("No")),
                ]
            if not isinstance(field, forms.BooleanField) or isinstance(field, forms.NullBooleanField):
                field.widget.attrs["class"] = "input"


def models_folder() -> Path:
    """Where files of local models are looked for."""
    return Path(settings.PARLEY_DATA) / "models"
