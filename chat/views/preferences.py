"""The settings page: every section saves by itself, with script and without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh, reswap, retarget

from chat import access, fragments
from chat.actions import WITH_KEYS, Shortcut, shortcuts_of
from chat.errors import Refused
from chat.http import no_content
from chat.preference_forms import (
    AccountForm,
    AppearanceForm,
    ExtrasForm,
    KeyboardForm,
    KeysForm,
    RegionForm,
    ThemeForm,
    TokenForm,
)
from chat.services import accounts, preferences, tokens
from chat.views.door import PageRequest, frames, login_needed, posted_from
from chat.views.panes import answer_pane

Save = Callable[[dict[str, Any]], object]


@require_GET
@login_needed
def settings_page(request: PageRequest) -> HttpResponse:
    return answer_settings(request, settings_context(request))


@login_needed
@posted_from("settings")
def save_appearance(request: PageRequest) -> HttpResponse:
    return save_section(request, "appearance", AppearanceForm(request.POST), keep_of(request))


@login_needed
@posted_from("settings")
def save_theme(request: PageRequest) -> HttpResponse:
    form = ThemeForm(request.POST)
    if form.is_valid():
        keep_of(request)(form.cleaned_data)
    return no_content() if request.htmx else redirect("settings")


@login_needed
@posted_from("settings")
def save_region(request: PageRequest) -> HttpResponse:
    answer = save_section(request, "region", RegionForm(request.POST), keep_of(request))
    # For the pages that do not know yet who it is, such as the login.
    if language := request.user.liking.language:
        samesite: Any = settings.LANGUAGE_COOKIE_SAMESITE
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=31_536_000, samesite=samesite)
    else:
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    is_saved = answer.status_code == 200
    if request.htmx and is_saved:  # the whole page is in the old language
        refreshed = HttpResponseClientRefresh()
        refreshed.cookies = answer.cookies
        return refreshed
    return answer


@login_needed
@posted_from("settings")
def save_keyboard(request: PageRequest) -> HttpResponse:
    return save_section(request, "keyboard", KeyboardForm(request.POST), keep_of(request))


@login_needed
@posted_from("settings")
def save_extras(request: PageRequest) -> HttpResponse:
    """What the site does not offer stays as it was."""
    form = ExtrasForm(request.POST)
    offered = extras_offered()

    def keep(values: dict[str, Any]) -> None:
        keep_of(request)({name: value for name, value in values.items() if offered[name]})

    return save_section(request, "extras", form, keep)


def extras_offered() -> dict[str, bool]:
    """Which of them the site has written."""
    return {"titles": settings.PARLEY_TITLES == "model", "follow_ups": settings.PARLEY_FOLLOW_UPS}


@login_needed
@posted_from("settings")
def save_keys(request: PageRequest) -> HttpResponse:
    """All keys at once; `reset` brings the defaults back."""

    def keep(values: dict[str, Any]) -> None:
        is_reset = "reset" in request.POST
        keys = {} if is_reset else {name: values[name] for name in WITH_KEYS if name in request.POST}
        preferences.save_shortcuts(
            user=request.user, keys=keys, single_keys=is_reset or values["single_keys"]
        )

    return save_section(request, "keys", KeysForm(request.POST), keep, shows_anew=True)


@login_needed
@posted_from("settings")
def save_account(request: PageRequest) -> HttpResponse:
    def keep(values: dict[str, Any]) -> None:
        accounts.change_account(user=request.user, **values)

    return save_section(request, "account", AccountForm(request.POST), keep)


@login_needed
@posted_from("settings")
def make_token(request: PageRequest) -> HttpResponse:
    """The answer shows the token, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return answer_section(request, "tokens", form)
    chosen = {key: form.cleaned_data[key] for key in ("name", "scope", "expires_at")}
    token = tokens.create_token(user=request.user, **chosen)
    answer = answer_section(request, "tokens", TokenForm(), new_token=token)
    if request.htmx:
        answer["HX-Reswap"] = "outerHTML show:top"  # the token stands above a form that may be long
    return answer


@require_POST
@login_needed
def revoke_token(request: PageRequest, token_id: UUID) -> HttpResponse:
    tokens.revoke_token(token=access.get_token(request.user, token_id))
    return answer_section(request, "tokens", TokenForm()) if request.htmx else to_section("tokens")


def keep_of(request: PageRequest) -> Save:
    return lambda values: preferences.save_preferences(user=request.user, changes=values)


def save_section(
    request: PageRequest, section: str, form: forms.Form, keep: Save, *, shows_anew: bool = False
) -> HttpResponse:
    """Keep what the form says; what will not do is said beside its field, and nothing typed is lost."""
    if form.is_valid():
        try:
            keep(form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.detail)
    if form.errors:
        return answer_section(request, section, form)
    if not request.htmx:
        notices.success(request, _("Saved."))
        return to_section(section)
    if shows_anew:
        answer = answer_section(request, section)
        answer.write(fragments.toast(_("Saved.")))
        return answer
    return frames(fragments.toast(_("Saved.")))


def to_section(section: str) -> HttpResponse:
    return redirect(f"{reverse('settings')}#{section}")


def answer_section(
    request: PageRequest, section: str, form: forms.Form | None = None, **more: object
) -> HttpResponse:
    """One section anew, or the page around it where there is no script."""
    status = 422 if form and form.errors else 200
    context = {**settings_context(request), **more}
    if form:
        context[f"{section}_form"] = form
    if isinstance(form, KeysForm):
        context["key_rows"] = key_rows(request, form)
    if not request.htmx:
        answer = answer_settings(request, context)
        answer.status_code = status
        return answer
    answer = render(request, f"settings/_{section}.html", context, status=status)
    return reswap(retarget(answer, f"#{section}"), "outerHTML")


def answer_settings(request: PageRequest, context: dict[str, object]) -> HttpResponse:
    return answer_pane(request, "settings/page.html", "settings/_pane.html", context, title=_("Settings"))


def settings_context(request: PageRequest) -> dict[str, object]:
    user = request.user
    values = asdict(user.liking)
    return {
        "appearance_form": AppearanceForm(initial=values),
        "region_form": RegionForm(initial=values),
        "keyboard_form": KeyboardForm(initial=values),
        "keys_form": KeysForm(initial=values),
        "extras_form": ExtrasForm(initial=values),
        "extras": extras_offered(),
        "account_form": AccountForm(initial={"username": user.username, "email": user.email}),
        "tokens_form": TokenForm(),
        "tokens": access.tokens_of(user),
        "key_rows": key_rows(request),
    }


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An action and its keys in the form, with what was typed where that will not do."""

    shortcut: Shortcut
    typed: str
    errors: Sequence[str]


def key_rows(request: PageRequest, form: KeysForm | None = None) -> list[KeyRow]:
    liking = request.user.liking
    return [
        KeyRow(
            shortcut,
            form.data.get(shortcut.action.name, "") if form else shortcut.spoken,
            [str(error) for error in form.errors.get(shortcut.action.name, [])] if form else [],
        )
        for shortcut in shortcuts_of(liking.shortcuts, single_keys=liking.single_keys)
        if shortcut.action.has_keys
    ]
