"""Templates: found, made, changed, copied, put away; a conversation begun or set by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.db.models import F, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseLocation, reswap, retarget

from chat import access, composer, fragments, toolbox
from chat.errors import Refused
from chat.models import Role, Session, Template, User
from chat.services import beginnings, templates
from chat.services.session_options import known_options
from chat.text import clean_text
from chat.versions import ChangedMeanwhile
from chat.views.changed import Conflict, answer_conflict, conflict_of, unchanged, version_of_row
from chat.views.choices import choices
from chat.views.door import PageRequest, frames, login_needed, refusal
from chat.views.fallbacks import picks
from chat.views.panes import answer_pane
from chat.views.session_options import options_form_of
from chat.views.template_forms import Shown, form_texts, given_of, of_session, shown, typed, values_of

MOST = 200
OF: dict[str, Callable[[User], Q]] = {
    "own": lambda user: Q(owner=user),
    "others": lambda user: ~Q(owner=user),
}
LAST_USED = (F("last_used_at").desc(nulls_last=True), "-updated_at")


@require_GET
@login_needed
def list_templates(request: PageRequest) -> HttpResponse:
    """The last used first; with `?of=own` or `?of=others`, those alone."""
    text, of = clean_text(request.GET.get("q", "")), request.GET.get("of", "")
    found = access.templates_for(request.user).prefetch_related("members")
    for word in text.split()[:12]:
        found = found.filter(Q(name__icontains=word) | Q(description__icontains=word))
    if of in OF:
        found = found.filter(OF[of](request.user))
    rows = [(template, template.role_of(request.user)) for template in found.order_by(*LAST_USED)[:MOST]]
    context = {"listed": rows, "q": text, "of": of}
    if request.htmx and request.htmx.target == "template-list":
        return render(request, "templates/_list.html", context)
    pane = "templates/_list_pane.html"
    return answer_pane(request, "templates/list.html", pane, context, title=_("Templates"))


@require_http_methods(["GET", "POST"])
@login_needed
def make_template(request: PageRequest) -> HttpResponse:
    """With `?session=`, from how that conversation is set."""
    if request.method == "POST":
        return _save(request, None)
    session = _session(request)
    return _answer_form(request, None, _shown(request, of_session(session) if session else Template()))


@require_http_methods(["GET", "POST"])
@login_needed
def edit_template(request: PageRequest, template_id: UUID) -> HttpResponse:
    template = access.get_template(request.user, template_id, Role.EDITOR)
    return (
        _save(request, template)
        if request.method == "POST"
        else _answer_form(request, template, _shown(request, template))
    )


def _save(request: PageRequest, template: Template | None) -> HttpResponse:
    form = typed(request.POST, options_form_of(request.user, template or Template(), request.POST))
    try:
        saved = templates.save_template(
            owner=request.user,
            template=template,
            values=_values(request, template, form),
            check=unchanged(request, version_of_row),
        )
    except ChangedMeanwhile as changed:
        assert template is not None  # a new one has no version
        template = access.get_template(request.user, template.pk, Role.EDITOR)
        return _answer_changed(request, template, form, changed)
    except Refused as refused:
        if request.htmx:
            return refusal(request, refused, slot="#template-error")
        return _answer_form(request, template, form, refused)
    words = _("“%(name)s” is saved.") % {"name": saved.name}
    if request.htmx:
        go = format_html('<parley-go href="{}"></parley-go>', reverse("templates"))
        return frames(go, fragments.toast(words))
    notices.info(request, words)
    return redirect("templates")


def _values(request: PageRequest, template: Template | None, form: Shown) -> dict[str, Any]:
    """Whether it is for everybody is its owner's to say, and not in an editor's form."""
    values = values_of(form)
    if form.options:
        before = known_options(template.options) if template else {}
        values["options"] = before | {form.options.kind: form.options.values()}
    if "tools_asked" in request.POST:
        said = template.tools if template else {}
        values["tools"] = toolbox.said_of(toolbox.switches_of(request.user, said), form.tools.keys(), said)
    if template and template.owner_id != request.user.pk:
        del values["is_shared"]
    return values


def _answer_changed(
    request: PageRequest, template: Template, form: Shown, changed: ChangedMeanwhile
) -> HttpResponse:
    version = version_of_row(template)
    conflict = conflict_of(
        changed, version, theirs=form_texts(_shown(request, template)), mine=form_texts(form)
    )
    if request.htmx:
        return answer_conflict(request, conflict, slot="#template-error")
    return _answer_form(request, template, form, changed, conflict=conflict)


def _shown(request: PageRequest, template: Template) -> Shown:
    return shown(template, options_form_of(request.user, template))


@require_POST
@login_needed
def check_variables(request: PageRequest) -> HttpResponse:
    """What is to be filled in in the texts as they are typed, with what was said of it so far."""
    form = typed(request.POST)
    texts = [clean_text(request.POST.get("system_prompt", "")), *(one["content"] for one in form.messages)]
    try:
        found = templates.variables_of(texts, form.variables)
    except Refused as refused:
        return refusal(request, refused, slot="#template-error")
    return render(request, "templates/_variables.html", {"variables": found})


@require_POST
@login_needed
def duplicate_template(request: PageRequest, template_id: UUID) -> HttpResponse:
    template = access.get_template(request.user, template_id)
    copy = templates.duplicate_template(template=template, owner=request.user)
    return _go(request, reverse("edit-template", args=[copy.pk]))


@require_POST
@login_needed
def delete_template(request: PageRequest, template_id: UUID) -> HttpResponse:
    template = access.get_template(request.user, template_id, Role.OWNER)
    templates.delete_template(template=template)
    words = _("Template deleted.")
    if not request.htmx:
        notices.info(request, words)
        return redirect("templates")
    undo = reverse("restore-template", args=[template.pk])
    go = format_html('<parley-go href="{}"></parley-go>', reverse("templates"))
    return frames(go, fragments.toast(words, undo_url=undo))


@require_POST
@login_needed
def restore_template(request: PageRequest, template_id: UUID) -> HttpResponse:
    template = access.get_template(request.user, template_id, Role.OWNER, deleted=True)
    templates.restore_template(template=template)
    if not request.htmx:
        return redirect("templates")
    return frames(format_html('<parley-go href="{}"></parley-go>', reverse("templates")))


@require_http_methods(["GET", "POST"])
@login_needed
def use_template(request: PageRequest, template_id: UUID) -> HttpResponse:
    """Asks for what is to be filled in, then begins a conversation, or sets the one named by `session`."""
    template, session = access.get_template(request.user, template_id), _session(request)
    if request.method == "GET":
        return _answer_use(request, template, session)
    given = given_of(request.POST)
    try:
        if session:
            values = beginnings.values_for(template, given)
            session = beginnings.apply_template(
                template=template, session=session, user=request.user, values=values
            )
        else:
            is_temporary = "temporary" in request.POST
            session = composer.begin(
                author=request.user, template=template, given=given, is_temporary=is_temporary
            )
    except Refused as refused:
        return _answer_use(request, template, session, refused)
    return _go(request, reverse("session", args=[session.pk]))


@require_GET
@login_needed
def choose_preset(request: PageRequest, session_id: UUID) -> HttpResponse:
    """The templates whose settings this conversation could take."""
    session = access.get_session(request.user, session_id, Role.EDITOR)
    found = access.templates_for(request.user).order_by(*LAST_USED)[:MOST]
    context = {"session": session, "templates": list(found)}
    page = "templates/_presets.html" if request.htmx else "templates/presets.html"
    return render(request, page, context)


def _session(request: PageRequest) -> Session | None:
    key = request.POST.get("session") or request.GET.get("session") or ""
    try:
        return access.get_session(request.user, UUID(key), Role.EDITOR) if key else None
    except ValueError as error:
        raise Http404 from error


def _go(request: PageRequest, url: str) -> HttpResponse:
    return HttpResponseLocation(url, target="#pane", swap="outerHTML") if request.htmx else redirect(url)


def _answer_form(
    request: PageRequest,
    template: Template | None,
    form: Shown,
    refused: Refused | None = None,
    *,
    conflict: Conflict | None = None,
) -> HttpResponse:
    here = reverse("edit-template", args=[template.pk]) if template else reverse("new-template")
    offered = choices(request.user, None)
    context = {
        "template": template,
        "can_share": template is None or template.owner_id == request.user.pk,
        "form": form,
        "choices": offered,
        "options_form": form.options,
        "picks": picks(form.fallbacks, offered),
        "save_url": here,
        "variables": form.variables,
        "switches": toolbox.switches_of(request.user, form.tools),
        "refused": refused,
        "version": request.POST.get("version") or (version_of_row(template) if template else ""),
        "conflict": conflict,
    }
    title = template.name if template else _("New template")
    return answer_pane(request, "templates/form.html", "templates/_form_pane.html", context, title=title)


def _answer_use(
    request: PageRequest, template: Template, session: Session | None, refused: Refused | None = None
) -> HttpResponse:
    given = given_of(request.POST)
    wrong = refused.field if refused else None
    rows = [
        one
        | {
            "value": given.get(one["name"], one["default"]),
            "is_wrong": wrong == f"variables.{one['name']}",
        }
        for one in template.variables
    ]
    context = {"template": template, "session": session, "rows": rows, "refused": refused}
    page = "templates/_use.html" if request.htmx else "templates/use.html"
    answer = render(request, page, context, status=refused.status if refused else 200)
    return reswap(retarget(answer, "#dialog-body"), "innerHTML") if refused and request.htmx else answer
