"""What is done to the conversations that are chosen in the list, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from chat import access, fragments
from chat.errors import BadValue, Refused
from chat.forms import ManyForm, TagsForm
from chat.listing import entries
from chat.models import Project, Role, Session
from chat.services import bulk
from chat.views.door import PageRequest, frames, login_needed
from chat.views.session_settings import header
from chat.views.sidebar import away_from

NEEDED = dict.fromkeys(("delete", "restore", "move"), Role.OWNER)
BACK = {"archive": "unarchive", "delete": "restore"}


@require_POST
@login_needed
def change_sessions(request: PageRequest) -> HttpResponse:
    try:
        action, session_ids = ManyForm(request.POST).check()
        tags = TagsForm(request.POST).check() if action == "tag" else []
        chosen = access.get_sessions(
            request.user, session_ids, NEEDED.get(action, Role.EDITOR), deleted=action == "restore"
        )
        if action == "move":
            return _move(request, session_ids, chosen)
        changed = bulk.change_sessions(sessions=chosen, action=action, tags=tags)
    except Refused as refused:
        return answer_refusal(request, refused)
    if not request.htmx:
        return redirect("sessions")
    gone = [session.pk for session in changed if session.deleted_at is not None]
    return frames(*items(request, changed), told(action, session_ids), *away_from(request, gone))


def _move(request: PageRequest, session_ids: Sequence[UUID], chosen: Sequence[Session]) -> HttpResponse:
    """Into the project that is named, or as the way back has it each into the one in its place."""
    slugs = request.POST.getlist("project")
    if len(slugs) not in (1, len(session_ids)):
        raise BadValue(_("Choose where to move them."), field="project")
    projects = {slug: access.get_project(request.user, slug, Role.EDITOR) for slug in {*slugs} - {""}}
    wanted = dict(zip(session_ids, slugs if len(slugs) > 1 else slugs * len(session_ids), strict=True))
    back = [(session.pk, project_of(session)) for session in chosen]
    moved = bulk.move_sessions(
        sessions=chosen, projects=[projects.get(wanted[session.pk]) for session in chosen]
    )
    if not request.htmx:
        return redirect("sessions")
    shown = request.htmx.current_url or ""
    headers = [header(request, session) for session in moved if str(session.pk) in shown]
    return frames(*items(request, moved), *headers, _told_moved(slugs, projects, back))


def project_of(session: Session) -> str:
    """The slug of its project; empty where there is none."""
    project = fragments.project_of(session)
    return project.slug if project else ""


def _told_moved(
    slugs: Sequence[str], projects: Mapping[str, Project], back: Sequence[tuple[UUID, str]]
) -> SafeString:
    """The notice with the way back, unless it was that."""
    n = len(back)
    if len(slugs) > 1:
        words = ngettext("%d conversation is where it was.", "%d conversations are where they were.", n)
        return fragments.toast(words % n)
    if slugs[0]:
        name = projects[slugs[0]].name
        words = ngettext(
            "%(n)d conversation moved to “%(name)s”.", "%(n)d conversations moved to “%(name)s”.", n
        )
    else:
        name = ""
        words = ngettext(
            "%(n)d conversation is in no project now.", "%(n)d conversations are in no project now.", n
        )
    values = {
        "action": "move",
        "session_ids": [str(key) for key, _slug in back],
        "project": [slug for _key, slug in back],
    }
    return fragments.toast(words % {"n": n, "name": name}, undo_url=reverse("bulk"), undo_values=values)


@require_GET
@login_needed
def ask_project(request: PageRequest) -> HttpResponse:
    """The dialog for where to move many."""
    return render(request, "chat/_bulk_move.html", {"projects": access.writable_projects(request.user)})


@require_GET
@login_needed
def ask_tags(request: PageRequest) -> HttpResponse:
    """The dialog for the tags of many."""
    return render(
        request, "chat/_bulk_tags.html", {"choices": [(name, False) for name in access.tags_of(request.user)]}
    )


def items(request: PageRequest, sessions: Sequence[Session]) -> list[SafeString]:
    there = [session for session in sessions if session.deleted_at is None]
    gone = [session for session in sessions if session.deleted_at is not None]
    shown = entries([session for session in there if session.owner_id == request.user.pk], request.user)
    return [*map(fragments.sidebar_item, shown), *(fragments.left(session.pk) for session in gone)]


def told(action: str, session_ids: Sequence[UUID]) -> SafeString:
    """The notice, with the way back where there is one."""
    count = len(session_ids)
    words = {
        "archive": ngettext("%d conversation archived.", "%d conversations archived.", count),
        "unarchive": ngettext(
            "%d conversation is back in the list.", "%d conversations are back in the list.", count
        ),
        "delete": ngettext("%d conversation deleted.", "%d conversations deleted.", count),
        "restore": ngettext("%d conversation is back.", "%d conversations are back.", count),
        "tag": ngettext("%d conversation tagged.", "%d conversations tagged.", count),
        "star": ngettext("%d conversation starred.", "%d conversations starred.", count),
        "unstar": ngettext("%d conversation unstarred.", "%d conversations unstarred.", count),
    }[action]
    if action not in BACK:
        return fragments.toast(words % count)
    values = {"action": BACK[action], "session_ids": [str(key) for key in session_ids]}
    return fragments.toast(words % count, undo_url=reverse("bulk"), undo_values=values)


def answer_refusal(request: PageRequest, refused: Refused) -> HttpResponse:
    answer = render(request, "chat/_refusal.html", {"refused": refused}, status=refused.status)
    slot = "#move-error" if "asked" in request.POST else "#bulk-error"  # in the dialog, if it is open
    return reswap(retarget(answer, slot), "innerHTML")
