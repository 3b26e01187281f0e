"""Projects: the list of one's own, one with its conversations, its form, and putting it away."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseLocation

from chat import access, fragments
from chat.errors import Refused
from chat.forms import ProjectForm
from chat.models import Project, Role
from chat.paging import projects_after
from chat.services import projects
from chat.sidebar import PROJECT_PAGE_SIZE, read_project_list
from chat.versions import ChangedMeanwhile
from chat.views.changed import Conflict, answer_conflict, conflict_of, unchanged, version_of_row
from chat.views.composing import composer_context
from chat.views.door import PageRequest, frames, login_needed, refusal
from chat.views.list_filter import filter_from
from chat.views.panes import answer_pane
from chat.views.sidebar import place_of, size_of

# Projects in the list; beyond these they are found by name.
MOST = 200


@require_GET
@login_needed
def list_projects(request: PageRequest) -> HttpResponse:
    found = projects_after(access.projects_of(request.user), None).prefetch_related("members__user")[:MOST]
    context = {"projects": [(project, _own_role(request, project)) for project in found]}
    pane = "projects/_list_pane.html"
    return answer_pane(request, "projects/page.html", pane, _page(pane, context), title=_("Projects"))


@require_GET
@login_needed
def show_project(request: PageRequest, slug: str) -> HttpResponse:
    project = access.get_project(request.user, slug, Role.VIEWER)
    wanted = filter_from(request.GET.get("q", ""))
    after, size = place_of(request.GET.get("cursor", "")), size_of(request, least=PROJECT_PAGE_SIZE)
    listed = read_project_list(request.user, project, wanted=wanted, after=after, size=size)
    context = {"project": project, "role": _role_in(request, project), "listed": listed, "q": wanted.text}
    if request.htmx and request.htmx.target == "project-list":
        return render(request, "projects/_sessions.html", context)
    context |= {
        "members": project.members.select_related("user").order_by("user__username"),
        **composer_context(request.user, None),
    }
    pane = "projects/_pane.html"
    return answer_pane(request, "projects/page.html", pane, _page(pane, context), title=project.name)


@require_http_methods(["GET", "POST"])
@login_needed
def make_project(request: PageRequest) -> HttpResponse:
    form = ProjectForm(request.POST or None)
    if request.method == "GET":
        return _answer_form(request, form)
    try:
        project = projects.create_project(owner=request.user, **form.check())
    except Refused as refused:
        return _refused(request, form, refused)
    return _go(request, project)


@require_http_methods(["GET", "POST"])
@login_needed
def edit_project(request: PageRequest, slug: str) -> HttpResponse:
    project = access.get_project(request.user, slug, Role.OWNER)
    values = {field: getattr(project, field) for field in projects.FIELDS}
    form = ProjectForm(request.POST or None, initial=values)
    if request.method == "GET":
        return _answer_form(request, form, project)
    try:
        check = unchanged(request, version_of_row)
        projects.change_project(project=project, changes=form.check(), check=check)
    except ChangedMeanwhile as changed:
        return _answer_changed(request, form, project, changed)
    except Refused as refused:
        return _refused(request, form, refused, project)
    return _go(request, project)


@require_POST
@login_needed
def delete_project(request: PageRequest, slug: str) -> HttpResponse:
    project = access.get_project(request.user, slug, Role.OWNER)
    projects.delete_project(project=project)
    words = _("Project deleted. Its conversations are with those who own them.")
    if not request.htmx:
        notices.info(request, words)
        return redirect("projects")
    go = format_html('<parley-go href="{}"></parley-go>', reverse("projects"))
    return frames(go, fragments.toast(words, undo_url=reverse("restore-project", args=[project.slug])))


@require_POST
@login_needed
def restore_project(request: PageRequest, slug: str) -> HttpResponse:
    project = access.get_project(request.user, slug, Role.OWNER, deleted=True)
    try:
        projects.restore_project(project=project)
    except Refused as refused:
        return refusal(request, refused, slot="#composer-error")
    url = reverse("project", args=[project.slug])
    if not request.htmx:
        return redirect(url)
    return frames(format_html('<parley-go href="{}"></parley-go>', url))


def _own_role(request: PageRequest, project: Project) -> Role:
    """Of members that were read with it; who was taken out since has the least."""
    own = [one.standing for one in project.members.all() if one.user_id == request.user.pk]
    return own[0] if own else Role.VIEWER


def _role_in(request: PageRequest, project: Project) -> Role:
    return access.role_in(request.user, project.pk) or Role.VIEWER


def _page(pane: str, context: Mapping[str, object]) -> dict[str, object]:
    return {**context, "pane_template": pane}


def _go(request: PageRequest, project: Project) -> HttpResponse:
    url = reverse("project", args=[project.slug])
    return HttpResponseLocation(url, target="#pane", swap="outerHTML") if request.htmx else redirect(url)


def _refused(
    request: PageRequest, form: ProjectForm, refused: Refused, project: Project | None = None
) -> HttpResponse:
    """What was typed stays, and why it will not do stands below it."""
    if request.htmx:
        return refusal(request, refused, slot="#project-error")
    return _answer_form(request, form, project, refused)


def _answer_changed(
    request: PageRequest, form: ProjectForm, project: Project, changed: ChangedMeanwhile
) -> HttpResponse:
    """What somebody else made of it meanwhile, below what was typed."""
    project.refresh_from_db()
    names = {"name": _("Name"), "description": _("Description"), "instructions": _("Instructions")}
    theirs = {name: getattr(project, field) for field, name in names.items()}
    mine = {name: form.cleaned_data[field] for field, name in names.items()}
    conflict = conflict_of(changed, version_of_row(project), theirs=theirs, mine=mine)
    if request.htmx:
        return answer_conflict(request, conflict, slot="#project-error")
    return _answer_form(request, form, project, changed, conflict=conflict)


def _answer_form(
    request: PageRequest,
    form: ProjectForm,
    project: Project | None = None,
    refused: Refused | None = None,
    *,
    conflict: Conflict | None = None,
) -> HttpResponse:
    url = reverse("edit-project", args=[project.slug]) if project else reverse("new-project")
    version = request.POST.get("version") or (version_of_row(project) if project else "")
    context: dict[str, object] = {"form": form, "project": project, "save_url": url, "refused": refused}
    context |= {"version": version, "conflict": conflict}
    title = project.name if project else _("New project")
    pane = "projects/_form_pane.html"
    return answer_pane(request, "projects/page.html", pane, _page(pane, context), title=title)
