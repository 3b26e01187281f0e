"""What models cost here, and how much of them people may take. What they took is on the usage page."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from chat.admin.looking import Checked
from chat.models import ModelPrice, Quota


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ModelPrice
        fields: ClassVar[Any] = [
            "provider", "model", "valid_from", "input_price", "output_price", "cached_price",
            "cache_write_price", "note",
        ]  # fmt: skip
        help_texts: ClassVar[Any] = {
            "provider": _("Its name here. Empty: whoever serves the model."),
            "model": _("As its provider calls it. Empty: every model of the provider."),
            "valid_from": _("From this day on, by UTC. What was charged before stays as it is."),
            "input_price": _("In US dollars for a million tokens. 0 for both: the model is free."),
            "cached_price": _("Of input that the provider read from its cache. Empty: as any other input."),
            "cache_write_price": _("Of input that it kept in its cache. Empty: as any other input."),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not (values.get("provider") or values.get("model")):
            self.add_error("model", _("Name a model, a provider, or both."))
        for name in ("input_price", "output_price", "cached_price", "cache_write_price"):
            if (values.get(name) or 0) < 0:
                self.add_error(name, _("A price is not less than nothing."))
        return values


@admin.register(ModelPrice)
class ModelPriceAdmin(Checked):
    form = PriceForm
    list_display = [
        "__str__", "valid_from", "input_price", "output_price", "cached_price", "cache_write_price", "note",
    ]  # fmt: skip
    ordering = ["model", "provider", "-valid_from"]
    search_fields = ["model", "provider"]


class QuotaForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Quota
        fields: ClassVar[Any] = [
            "user", "group", "is_shared", "period", "cost_limit", "token_limit", "note",
        ]  # fmt: skip
        help_texts: ClassVar[Any] = {
            "user": _("Whom it limits. No person and no group: everybody."),
            "is_shared": _("What all of them may take together; else each of them may take this much."),
            "period": _("By UTC: a day from midnight, a month from its first day."),
            "cost_limit": _("In US dollars. When it is reached, models that cost nothing still answer."),
            "token_limit": _("Sent and received together."),
            "note": _("For administrators alone. What people ask by keys of their own is under no limit."),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("user") and values.get("group"):
            self.add_error("group", _("A person or a group, not both."))
        if values.get("user") and values.get("is_shared"):
            self.add_error("is_shared", _("One person shares it with nobody."))
        if values.get("cost_limit") is None and values.get("token_limit") is None:
            self.add_error("cost_limit", _("Limit the cost, the tokens, or both."))
        elif (values.get("cost_limit") or 0) < 0:
            self.add_error("cost_limit", _("A limit is not less than nothing."))
        return values


@admin.register(Quota)
class QuotaAdmin(Checked):
    form = QuotaForm
    list_display = ["whose", "is_shared", "period", "cost_limit", "token_limit", "note"]
    list_filter = ["period", "is_shared"]
    list_select_related = ["user", "group"]
    ordering = ["id"]
    autocomplete_fields = ["user"]
    search_fields = ["user__username", "group__name"]

    @admin.display(description=_("who"))
    def whose(self, quota: Quota) -> str:
        return str(quota.user or quota.group or _("everybody"))
