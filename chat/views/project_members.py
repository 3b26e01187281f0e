"""Who takes part in a project, and which conversations do."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chat import access, fragments
from chat.errors import Refused
from chat.forms import MemberForm
from chat.models import MEMBER_ROLES, Project, Role, Session
from chat.services import projects, sessions
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal
from chat.views.people import answer_people, person_called
from chat.views.session_settings import told_session


@require_http_methods(["GET", "POST"])
@login_needed
def list_members(request: PageRequest, slug: str) -> HttpResponse:
    """Who takes part; an owner lets others in, and says with which role."""
    needed = Role.VIEWER if request.method == "GET" else Role.OWNER
    project = access.get_project(request.user, slug, needed)
    if request.method == "GET":
        return answer_members(request, project)
    try:
        username, role = MemberForm(request.POST).check()
        projects.set_member(project=project, user=person_called(username), role=Role(role))
    except Refused as refused:
        return answer_members(request, project, refused, request.POST.get("username", ""))
    return answer_members(request, project)


@require_POST
@login_needed
def remove_member(request: PageRequest, slug: str) -> HttpResponse:
    """An owner takes somebody out; anybody may leave."""
    username = request.POST.get("username", "")
    is_self = username == request.user.get_username()
    project = access.get_project(request.user, slug, Role.VIEWER if is_self else Role.OWNER)
    try:
        projects.remove_member(project=project, user=person_called(username, suspended=True))
    except Refused as refused:
        return answer_members(request, project, refused)
    if not is_self:
        return answer_members(request, project)
    url = reverse("projects")
    return frames(format_html('<parley-go href="{}"></parley-go>', url)) if request.htmx else redirect(url)


@require_http_methods(["GET", "POST"])
@login_needed
def move_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Into a project where one may write, or out of any."""
    session = access.get_session(request.user, session_id, Role.OWNER)
    if request.method == "GET":
        return answer_move(request, session)
    slug = request.POST.get("project", "")
    try:
        project = access.get_project(request.user, slug, Role.EDITOR) if slug else None
        session = sessions.update_session(session=session, changes={"project": project})
    except Refused as refused:
        return answer_move(request, session, refused)
    if not request.htmx:
        return back_to("session", session.id)
    words = (
        _("Moved to “%(name)s”.") % {"name": project.name} if project else _("It belongs to no project now.")
    )
    return frames(*told_session(request, session), fragments.toast(words))


def answer_members(
    request: PageRequest, project: Project, refused: Refused | None = None, typed: str = ""
) -> HttpResponse:
    context = {
        "project": project,
        "role": access.role_in(request.user, project.pk) or Role.VIEWER,
        "members": project.members.select_related("user").order_by("user__username"),
        "roles": [(role.value, role.label) for role in MEMBER_ROLES],
        "typed": typed,
    }
    return answer_people(request, "projects", context, refused)


def answer_move(request: PageRequest, session: Session, refused: Refused | None = None) -> HttpResponse:
    if refused and request.htmx:
        return refusal(request, refused, slot="#move-error")
    context = {
        "session": session,
        "projects": access.writable_projects(request.user),
        "chosen": session.project_id,
        "action": reverse("move-session", args=[session.id]),
        "refused": refused,
    }
    page = "projects/_move.html" if request.htmx else "projects/move.html"
    return render(request, page, context, status=refused.status if refused else 200)
