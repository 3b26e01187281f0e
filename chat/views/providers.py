"""Providers as people set them up: the page of them, the form of one, and its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import access
from chat.access.providers import OWN, SITE
from chat.errors import BadValue, Refused
from chat.generation.choice import site_configs
from chat.generation.configured import from_row
from chat.models import ConfiguredProvider, User
from chat.models.secrets import Lost
from chat.option_forms import OptionsForm
from chat.provider_forms import ADDRESSES, KINDS, ProviderForm
from chat.providers.contract import ProviderConfig
from chat.providers.trial import Trial
from chat.services.providers import provider_kinds, remove_provider, save_own_key, save_provider
from chat.views.door import PageRequest, login_needed
from chat.views.panes import answer_pane
from chat.views.provider_cards import Card, cards_of


@require_GET
@login_needed
def list_providers(request: PageRequest) -> HttpResponse:
    """Everybody's, and one's own."""
    user = request.user
    own = {row.name: row for row in ConfiguredProvider.objects.select_related("owner").filter(owner=user)}
    keys = {name: row for name, row in own.items() if row.is_key_only}
    whole = {name: row for name, row in own.items() if not row.is_key_only}
    may_have = access.may_have_providers(user)
    context = {
        "site_cards": _site_cards(keys if may_have else {}),
        "own_cards": cards_of(map(from_row, whole.values()), whole) if may_have else [],
        "can_set_up": access.may_set_up_providers(user),
        "may_have": may_have,
    }
    return answer(request, "list", context, title=_("Providers and models"))


@require_http_methods(["GET", "POST"])
@login_needed
def make_provider(request: PageRequest, scope: str) -> HttpResponse:
    """Without `?kind=`, the kinds to choose from."""
    owner = access.provider_owner(request.user, scope)
    kind = request.GET.get("kind", "")
    kinds = [
        (name, *KINDS.get(name, (name, ""))) for name in sorted(provider_kinds(owner), key=list(KINDS).index)
    ]
    if kind not in dict.fromkeys(name for name, *_words in kinds):
        return answer(request, "kinds", {"scope": scope, "kinds": kinds}, title=_("Add a provider"))
    if request.method == "POST":
        return _save(request, scope, owner, kind, None)
    initial = {"name": "" if kind == "openai" else kind}
    form = ProviderForm(kind, owner, None, initial=initial)
    return answer_form(request, scope, form, OptionsForm(kind))


@require_http_methods(["GET", "POST"])
@login_needed
def edit_provider(request: PageRequest, scope: str, name: str) -> HttpResponse:
    owner, config, row = found(request, scope, name)
    if request.method == "POST":
        return _save(request, scope, owner, config.kind, row)
    form = ProviderForm(config.kind, owner, row, initial=_initial(config, row))
    return answer_form(request, scope, form, OptionsForm(config.kind, values=row.options))


@require_http_methods(["GET", "POST"])
@login_needed
def end_provider(request: PageRequest, scope: str, name: str) -> HttpResponse:
    """Asks first."""
    _owner, _config, row = found(request, scope, name)
    if row._state.adding:
        raise Http404  # the environment's
    if request.method == "POST":
        remove_provider(provider=row)
        notices.success(request, _("“%(name)s” is removed.") % {"name": name})
        return redirect("providers")
    return answer(request, "remove", {"scope": scope, "provider": row}, title=_("Remove a provider"))


@require_POST
@login_needed
def keep_own_key(request: PageRequest, name: str) -> HttpResponse:
    """For a provider of the site; with `remove`, the key is forgotten."""
    user = access.provider_owner(request.user, OWN)
    assert user is not None
    site = next((config for config in site_configs() if config.name == name), None)
    own = access.find_provider(user, OWN, name)
    if "remove" in request.POST and own is not None and own.is_key_only:
        remove_provider(provider=own)
        notices.success(request, _("Your key is forgotten."))
        return redirect("providers")
    if site is None:
        raise Http404
    try:
        save_own_key(owner=user, site=site, api_key=request.POST.get("api_key", ""))
        notices.success(request, _("“%(name)s” is asked with your key from now on.") % {"name": name})
    except Refused as refused:
        notices.error(request, refused.detail)
    return redirect("providers")


def found(
    request: PageRequest, scope: str, name: str
) -> tuple[User | None, ProviderConfig, ConfiguredProvider]:
    """Whose it is, how it is asked, and its row; of one of the environment's, the row that would replace it.

    Raises:
        Http404: there is none, or it is not this person's to set up.
    """
    row = access.find_provider(request.user, scope, name)
    if row is not None and not row.is_key_only:
        return row.owner, from_row(row), row
    config = next((one for one in site_configs() if one.name == name), None) if scope == SITE else None
    if config is None:
        raise Http404
    return None, config, ConfiguredProvider(name=name, kind=config.kind)


def read_form(
    request: PageRequest, owner: User | None, kind: str, row: ConfiguredProvider | None
) -> tuple[ProviderForm, OptionsForm, dict[str, Any] | None]:
    """What was typed, and what `save_provider` takes of it; None where it will not do."""
    form = ProviderForm(kind, owner, row, request.POST)
    options = OptionsForm(kind, request.POST)
    if not (form.is_valid() and options.is_valid()):
        return form, options, None
    typed = form.cleaned_data
    return (
        form,
        options,
        {
            "name": row.name if row else typed["name"],
            "kind": kind,
            "base_url": typed.get("base_url", ""),
            "api_key": typed.get("api_key", ""),
            "models": typed.get("models", []),
            "fallback": typed["fallback"],
            "is_default": typed["is_default"],
            "options": options.values(),
            "forgets_key": typed.get("forgets_key", False),
        },
    )


def answer_form(
    request: PageRequest,
    scope: str,
    form: ProviderForm,
    options: OptionsForm,
    *,
    trial: Trial | None = None,
) -> HttpResponse:
    name = form.row.name if form.row else ""
    here = reverse("provider", args=[scope, name]) if name else reverse("new-provider", args=[scope])
    context = {
        "scope": scope,
        "form": form,
        "options_form": options,
        "kind": form.kind,
        "kind_words": KINDS.get(form.kind, (form.kind, ""))[0],
        "provider": form.row,
        "save_url": here if name else f"{here}?kind={form.kind}",
        "try_url": f"{reverse('try-new-provider', args=[scope])}?kind={form.kind}&name={name}",
        "has_key": bool(form.row and form.row.api_key),
        "has_lost_key": bool(form.row and isinstance(form.row.api_key, Lost)),
        "addresses": ADDRESSES if form.kind == "openai" else {},
        "trial": trial,
    }
    title = name or _("Add a provider")
    shown = answer(request, "form", context, title=title)
    if form.errors or options.errors:
        shown.status_code = 422
    return shown


def answer(request: PageRequest, part: str, context: dict[str, Any], *, title: str) -> HttpResponse:
    """A page of the settings of providers, or its pane."""
    pane = f"providers/_{part}_pane.html"
    return answer_pane(
        request, "providers/page.html", pane, {**context, "title": title, "part": pane}, title=title
    )


def _save(
    request: PageRequest, scope: str, owner: User | None, kind: str, row: ConfiguredProvider | None
) -> HttpResponse:
    form, options, values = read_form(request, owner, kind, row)
    if values is None:
        return answer_form(request, scope, form, options)
    if row is None and ConfiguredProvider.objects.filter(owner=owner, name=values["name"]).exists():
        form.add_error("name", _("There is one of that name already."))
        return answer_form(request, scope, form, options)
    try:
        saved = save_provider(owner=owner, **values)
    except BadValue as bad:
        form.add_error(bad.field if bad.field in form.fields else None, bad.detail)
        return answer_form(request, scope, form, options)
    notices.success(request, _("“%(name)s” is saved, and at work from now on.") % {"name": saved.name})
    return redirect("providers")


def _initial(config: ProviderConfig, row: ConfiguredProvider) -> dict[str, Any]:
    return {
        "base_url": row.base_url,
        "models": row.model_names,
        "fallback": row.fallback.name if row.fallback else "",
        "is_default": row.is_default,
    }


def _site_cards(keys: dict[str, ConfiguredProvider]) -> list[Card]:
    rows = {row.name: row for row in ConfiguredProvider.objects.select_related("fallback").filter(owner=None)}
    return cards_of(site_configs(), rows, own_keys=keys)
