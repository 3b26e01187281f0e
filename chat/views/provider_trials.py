"""Trying a provider, before it is saved and after, and asking it for its models."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat import access
from chat.addresses import masked
from chat.errors import Refused
from chat.generation.choice import default_model
from chat.generation.configured import from_row
from chat.models import ConfiguredProvider, User
from chat.option_forms import OptionsForm
from chat.phrases import Phrase
from chat.provider_forms import ProviderForm
from chat.providers.contract import Listed, ProviderConfig, ProviderError
from chat.providers.trial import Trial, list_models, try_provider
from chat.services.model_lists import keep_list
from chat.services.providers import (
    address_of,
    check_provider,
    is_same,
    is_within,
    provider_kinds,
    within,
)
from chat.services.trials import count_trial
from chat.speaking import translated
from chat.text import clean_text
from chat.views.door import PageRequest
from chat.views.providers import answer, answer_form, found, read_form
from chat.views.waiting import Wait, login_needed_then_waits


@require_POST
@login_needed_then_waits
def try_saved(request: PageRequest, scope: str, name: str) -> HttpResponse | Wait:
    """As it is saved; what it lists is kept."""
    _owner, config, _row = found(request, scope, name)
    context = {"scope": scope, "name": name}
    try:
        count_trial(user=request.user, provider=name)
    except Refused as refused:
        return _answer(request, {**context, "refused": refused})

    def tried(trial: Trial) -> HttpResponse:
        _keep(request, scope, config, trial.listed)
        return _answer(request, {**context, "trial": trial})

    model = default_model(config)
    return Wait(lambda: try_provider(config, model, allow_scripted=settings.PARLEY_SCRIPTED_PROVIDER), tried)


@require_POST
@login_needed_then_waits
def try_typed(request: PageRequest, scope: str) -> HttpResponse | Wait:
    """As it stands in the form. A key that is kept goes to the server that it was given for alone."""
    owner = access.provider_owner(request.user, scope)
    kind = request.GET.get("kind", "")
    if kind not in provider_kinds(owner):
        raise Http404
    row = access.find_provider(request.user, scope, clean_text(request.GET.get("name", "")))
    row = None if row is None or row.is_key_only else row
    form, options, values = read_form(request, owner, kind, row)
    asking = _Asking(request, scope, form, options)
    if values is None:
        return asking.errors()
    try:
        count_trial(user=request.user, provider=values["name"])
        config = _typed_config(owner, row, values)
    except Refused as refused:
        return asking.refused(refused)
    return Wait(lambda: _tried(config, owner), asking.told)


@require_POST
@login_needed_then_waits
def fetch_models(request: PageRequest, scope: str, name: str) -> HttpResponse | Wait:
    """Ask it for its models now."""
    _owner, config, _row = found(request, scope, name)
    try:
        count_trial(user=request.user, provider=name)
    except Refused as refused:
        notices.error(request, refused.detail)
        return redirect("provider-models", scope, name)

    def keep(found: tuple[Listed, ...] | ProviderError) -> HttpResponse:
        _keep(request, scope, config, found)
        if isinstance(found, ProviderError):
            notices.error(request, said(found))
        else:
            notices.success(request, _("The list is up to date."))
        return redirect("provider-models", scope, name)

    return Wait(lambda: list_models(config, allow_scripted=settings.PARLEY_SCRIPTED_PROVIDER), keep)


def _keep(
    request: PageRequest, scope: str, config: ProviderConfig, listed: tuple[Listed, ...] | ProviderError
) -> None:
    """Its list, unless it was moved while it was asked.

    Raises:
        Http404: it was removed meanwhile, or is not this person's to set up any more.
    """
    _owner, now, _row = found(request, scope, config.name)
    if (now.kind, now.address) == (config.kind, config.address):
        keep_list(config, listed)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who tries what stands in a form: told beside its button, or within the form anew."""

    request: PageRequest
    scope: str
    form: ProviderForm
    options: OptionsForm

    def errors(self) -> HttpResponse:
        if self.request.htmx:
            return _answer(self.request, {"errors": self.form.errors})
        return answer_form(self.request, self.scope, self.form, self.options)

    def refused(self, refused: Refused) -> HttpResponse:
        if self.request.htmx:
            return _answer(self.request, {"refused": refused})
        self.form.add_error(None, refused.detail)
        return answer_form(self.request, self.scope, self.form, self.options)

    def told(self, trial: Trial | None) -> HttpResponse:
        if trial is None:
            return self.refused(within())
        if self.request.htmx:
            return _answer(self.request, {"trial": trial})
        return answer_form(self.request, self.scope, self.form, self.options, trial=trial)


async def _tried(config: ProviderConfig, owner: User | None) -> Trial | None:
    """None where it is within our own network: to know that, its name is looked up, which may take long."""
    if await asyncio.to_thread(is_within, config.address, owner):
        return None
    return await try_provider(config, allow_scripted=settings.PARLEY_SCRIPTED_PROVIDER)


def said(error: ProviderError) -> str:
    """In the reader's language."""
    words = (translated(part) if isinstance(part, Phrase) else part for part in (error.title, error.detail))
    return ": ".join(words)


def _typed_config(
    owner: User | None, row: ConfiguredProvider | None, values: dict[str, Any]
) -> ProviderConfig:
    """Raises BadValue for what cannot be saved either."""
    name, kind, base_url = (str(values[part]) for part in ("name", "kind", "base_url"))
    address = address_of(row, base_url) if row is not None else base_url.rstrip("/")
    check_provider(name, kind, address, owner=owner, looks_up=False)
    kept = row.api_key if row is not None and is_same(row, kind, address) else ""
    typed = ConfiguredProvider(
        owner=owner,
        name=name,
        kind=kind,
        base_url=masked(address),
        secret_url=address,
        api_key=values["api_key"] or kept,
        model_names=values["models"],
        options=values["options"],
    )
    return from_row(typed)


def _answer(request: PageRequest, context: dict[str, object]) -> HttpResponse:
    """Beside the button, or as a page of its own."""
    if request.htmx:
        return render(request, "providers/_trial.html", context)
    return answer(request, "trial", context, title=_("Test"))
