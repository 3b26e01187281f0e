"""How a conversation is set: its title, its model, what the model is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from chat import access, fragments
from chat.errors import BadValue, Refused
from chat.forms import NameForm, SettingsForm
from chat.models import Extra, Role, Session, User
from chat.option_forms import OptionsForm
from chat.services import sessions
from chat.versions import ChangedMeanwhile
from chat.views.changed import answer_conflict, conflict_of, setting_texts, unchanged, version_of_settings
from chat.views.choices import choices, chosen
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal, role_here
from chat.views.fallbacks import FIELD, fallback_texts, of_form, picks, refusal_of
from chat.views.session_options import changes_of, option_texts, options_form_of
from chat.views.sidebar import item
from chat.views.suggestions import suggested


@require_http_methods(["GET", "POST"])
@login_needed
def rename_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    form = NameForm(request.POST or None)
    if request.method == "GET":
        return answer_rename(request, session, session.name)
    name = request.POST.get("name", "")
    try:
        if not form.is_valid():
            raise BadValue(_("A title has 1 to 200 characters."), field="name")
        session = sessions.update_session(session=session, changes={"name": name})
    except Refused as refused:
        return answer_rename(request, session, name, refused)
    return frames(*told_session(request, session)) if request.htmx else back_to("session", session.id)


@require_POST
@login_needed
def change_settings(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    form, fallbacks = SettingsForm(request.POST), of_form(request.POST)
    options = options_form_of(request.user, session, request.POST)
    wrong = refusal_of(fallbacks, session.fallbacks, choices(request.user, session))
    if wrong or not form.is_valid() or (options and not options.is_valid()):
        return _answer_invalid(request, session, form, options, fallbacks, wrong)
    changes: dict[str, Any] = {"settings": form.cleaned_data, **changes_of(options), **_older(request)}
    if FIELD in request.POST:
        changes["fallbacks"] = fallbacks
    try:
        session = sessions.update_session(
            session=session, changes=changes, check=unchanged(request, version_of_settings)
        )
    except ChangedMeanwhile as changed:
        return _answer_changed(request, session, form, options, fallbacks, changed)
    if not request.htmx:
        return back_to("session", session.id)
    saved = {"session": session, "settings_version": version_of_settings(session), "is_beside": True}
    again = render_to_string("chat/_settings_version.html", saved)  # for who saves once more in the same page
    return frames(header(request, session), again, fragments.toast(_("Settings saved.")))


def _answer_invalid(
    request: PageRequest,
    session: Session,
    form: SettingsForm,
    options: OptionsForm | None,
    fallbacks: list[dict[str, str]],
    wrong: str,
) -> HttpResponse:
    template = "chat/_settings_form.html" if request.htmx else "chat/settings.html"
    context = _form_context(request.user, session, form, options, fallbacks) | {"fallback_error": wrong}
    context["settings_version"] = request.POST.get("version", "")
    answer = render(request, template, context, status=422)
    return reswap(retarget(answer, "#settings-form"), "outerHTML")


def _older(request: PageRequest) -> dict[str, bool]:
    """What becomes of turns that do not fit; a form that does not ask changes nothing."""
    return {"summarises": request.POST["older"] == "summarise"} if "older" in request.POST else {}


def _answer_changed(
    request: PageRequest,
    session: Session,
    form: SettingsForm,
    options: OptionsForm | None,
    fallbacks: list[dict[str, str]],
    changed: ChangedMeanwhile,
) -> HttpResponse:
    session.refresh_from_db()
    version = version_of_settings(session)
    saved = session.options.get(options.kind, {}) if options else {}
    theirs = setting_texts(session.all_settings) | fallback_texts(session.fallbacks)
    theirs |= option_texts(options, saved)
    mine = setting_texts(form.cleaned_data) | fallback_texts(fallbacks)
    mine |= option_texts(options, options.values() if options else {})
    conflict = conflict_of(changed, version, theirs=theirs, mine=mine)
    if request.htmx:
        return answer_conflict(request, conflict, slot="#settings-error")
    context = _form_context(request.user, session, form, options, fallbacks)
    context |= {"settings_version": version, "conflict": conflict}
    return render(request, "chat/settings.html", context, status=changed.status)


def _form_context(
    user: User,
    session: Session,
    form: SettingsForm,
    options: OptionsForm | None,
    fallbacks: list[dict[str, str]],
) -> dict[str, Any]:
    return {
        "session": session,
        "settings_form": form,
        "options_form": options,
        "picks": picks(fallbacks, choices(user, session)),
    }


@require_POST
@login_needed
def choose_model(request: PageRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.EDITOR)
    try:
        provider, model = chosen(request.user, request.POST.get("model", ""), session)
    except BadValue as refused:
        return refusal(request, refused, slot="#composer-error")
    session = sessions.update_session(session=session, changes={"provider": provider, "model": model})
    if not request.htmx:
        return back_to("session", session.id)
    options = {"options_form": options_form_of(request.user, session), "is_beside": True}
    return frames(header(request, session), render_to_string("chat/_settings_options.html", options))


def told_session(request: PageRequest, session: Session) -> list[str]:
    """A session that was changed, in the header and in the list."""
    return [header(request, session), item(request.user, session)]


def header(request: PageRequest, session: Session) -> SafeString:
    return fragments.session_header(session, role=role_here(request, session))


def answer_rename(
    request: PageRequest, session: Session, name: str, refused: Refused | None = None
) -> HttpResponse:
    template = "chat/_rename.html" if request.htmx else "chat/rename.html"
    asked = suggested(request, session, request.user, Extra.Purpose.NAMING)
    proposed = "" if refused else asked["suggesting"].title
    context = {**asked, "name": proposed or name, "refused": refused}
    answer = render(request, template, context, status=refused.status if refused else 200)
    return retarget(answer, "#dialog-body") if refused else answer
