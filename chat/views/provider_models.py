"""The models of a provider: which are offered, and what is known better of one than its list says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat.errors import Refused
from chat.generation.known import Known, known_of
from chat.models import ConfiguredProvider
from chat.provider_forms import OverrideForm
from chat.providers.contract import Listed, ProviderConfig
from chat.providers.facts import Facts
from chat.services.model_lists import OVERRIDABLE, choose_models, override_model
from chat.services.providers import checked_names, save_provider
from chat.text import clean_text
from chat.views.choices import SIGNS, facts_words
from chat.views.door import PageRequest, login_needed
from chat.views.providers import answer, found


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    label: str
    facts: str
    signs: tuple[str, ...]
    is_chosen: bool
    is_hidden: bool
    is_corrected: bool


@require_http_methods(["GET", "POST"])
@login_needed
def choose_offered(request: PageRequest, scope: str, name: str) -> HttpResponse:
    """Which models of the provider people can choose."""
    owner, config, row = found(request, scope, name)
    if request.method == "POST":
        names = request.POST.getlist("model") if request.POST.get("offer") == "chosen" else []
        try:
            _keep(row, checked_names(names))
        except Refused as refused:
            notices.error(request, refused.detail)
            return redirect("provider-models", scope, name)
        notices.success(request, _("Saved."))
        return redirect("providers")
    known = known_of([config])
    listed = known.listed(config)
    context = {
        "scope": scope,
        "name": name,
        "rows": [_row(config, known, listed, model) for model in known.all_models(config, listed)],
        "is_chosen": bool(row.model_names),
        "list": known.list_of(config),
        "is_listed": config.kind not in ("local", "scripted"),
    }
    return answer(request, "models", context, title=_("Models of %(name)s") % {"name": name})


@require_http_methods(["GET", "POST"])
@login_needed
def correct_model(request: PageRequest, scope: str, name: str) -> HttpResponse:
    """`?model=`: what is known of that one."""
    owner, config, _row_of = found(request, scope, name)
    model = clean_text(request.GET.get("model", ""))
    if not model:
        return redirect("provider-models", scope, name)
    known = known_of([config])
    listed = known.listed(config)
    if model not in known.all_models(config, listed) and known.override(config, model) is None:
        raise Http404
    override = known.override(config, model)
    facts = known.facts(config, model, listed)
    form = OverrideForm(
        request.POST or None,
        initial=_initial(override),
        listed=_listed(facts, known.label(config, model, listed)),
    )
    if request.method == "POST" and form.is_valid():
        override_model(owner=owner, provider=name, model=model, values=form.cleaned_data)
        notices.success(request, _("Saved."))
        return redirect("provider-models", scope, name)
    context = {
        "scope": scope,
        "name": name,
        "model": model,
        "form": form,
        "facts": facts_words(config.kind, facts),
        "signs": signs_of(facts),
        "save_url": f"{reverse('correct-model', args=[scope, name])}?{urlencode({'model': model})}",
    }
    shown = answer(request, "model", context, title=model)
    if form.errors:
        shown.status_code = 422
    return shown


def _listed(facts: Facts, label: str) -> dict[str, Any]:
    """What is known already, for the fields that hold nothing."""
    known = {"label": label, "context_window": facts.context_window, "max_output": facts.max_output}
    return {name: value for name, value in known.items() if value}


def signs_of(facts: object) -> tuple[str, ...]:
    return tuple(name for name, ability in SIGNS.items() if getattr(facts, ability))


def _keep(row: ConfiguredProvider, names: list[str]) -> None:
    """One of the environment's is set up by that."""
    if row._state.adding:
        save_provider(name=row.name, kind=row.kind, models=names)
    else:
        choose_models(provider=row, names=names)


def _row(config: ProviderConfig, known: Known, listed: dict[str, Listed], model: str) -> Row:
    facts = known.facts(config, model, listed)
    override = known.override(config, model)
    return Row(
        name=model,
        label=known.label(config, model, listed),
        facts=facts_words(config.kind, facts),
        signs=signs_of(facts),
        is_chosen=model in config.models,
        is_hidden=bool(override and override.is_hidden),
        is_corrected=override is not None,
    )


def _initial(override: Any) -> dict[str, Any]:
    return {name: getattr(override, name) for name in OVERRIDABLE} if override else {}
