"""Many conversations moved at once, and the way back, on which somebody may have been at one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import access, fragments
from chat.errors import BadValue, NotAllowed
from chat.listing import entries
from chat.models import Project, Role, Session
from chat.services import bulk
from chat.views.door import PageRequest, frames
from chat.views.session_settings import header

# Marks a form that takes back what was done to many: of these, what still can be.
WAY_BACK = "back"


def is_way_back(request: PageRequest) -> bool:
    return WAY_BACK in request.POST


def move(request: PageRequest, session_ids: Sequence[UUID]) -> HttpResponse:
    """Into the project that is named, or as the way back has it each into the one in its place."""
    slugs = request.POST.getlist("project")
    if len(slugs) != (len(session_ids) if is_way_back(request) else 1):
        raise BadValue(_("Choose where to move them."), field="project")
    return (
        _move_back(request, session_ids, slugs)
        if is_way_back(request)
        else _move(request, session_ids, slugs[0])
    )


def _move(request: PageRequest, session_ids: Sequence[UUID], slug: str) -> HttpResponse:
    chosen = access.get_sessions(request.user, session_ids, Role.OWNER)
    project = access.get_project(request.user, slug, Role.EDITOR) if slug else None
    was = {session.pk: _project_of(session) for session in chosen}
    moved = bulk.move_sessions(sessions=chosen, projects=[project] * len(chosen))
    back = {
        "action": "move",
        "session_ids": [str(session.pk) for session in moved],
        "project": [was[session.pk] for session in moved],
        "from": slug,
        WAY_BACK: "1",
    }
    words = _words_of_move(project, len(moved))
    return _answer(
        request, moved, and_left(words, len(moved), len({*session_ids}) - len(moved)), back if moved else None
    )


def _move_back(request: PageRequest, session_ids: Sequence[UUID], slugs: Sequence[str]) -> HttpResponse:
    """Not what somebody has deleted or moved elsewhere since, nor into a project that is not there."""
    wanted = dict(zip(session_ids, slugs, strict=True))
    chosen = access.get_sessions(request.user, session_ids, Role.OWNER, partly=True)
    projects = _writable(request, {*slugs})
    pairs = [
        (session, projects[wanted[session.pk]])
        for session in chosen
        if _project_of(session) == request.POST.get("from") and wanted[session.pk] in projects
    ]
    moved = bulk.move_sessions(sessions=[one for one, _to in pairs], projects=[to for _one, to in pairs])
    n = len(moved)
    words = ngettext("%d conversation is where it was.", "%d conversations are where they were.", n) % n
    return _answer(request, moved, and_left(words, n, len({*session_ids}) - n))


def _writable(request: PageRequest, slugs: set[str]) -> dict[str, Project | None]:
    """Of these projects those where one may still write; and none at all."""
    found: dict[str, Project | None] = {"": None}
    for slug in slugs - {""}:
        try:
            found[slug] = access.get_project(request.user, slug, Role.EDITOR)
        except (Http404, NotAllowed):
            continue
    return found


def _project_of(session: Session) -> str:
    """The slug of its project; empty where there is none."""
    project = fragments.project_of(session)
    return project.slug if project else ""


def _words_of_move(project: Project | None, n: int) -> str:
    if project is None:
        words = ngettext(
            "%(n)d conversation is in no project now.", "%(n)d conversations are in no project now.", n
        )
        return words % {"n": n}
    words = ngettext("%(n)d conversation moved to “%(name)s”.", "%(n)d conversations moved to “%(name)s”.", n)
    return words % {"n": n, "name": project.name}


def _answer(
    request: PageRequest, moved: Sequence[Session], words: str, back: Mapping[str, object] | None = None
) -> HttpResponse:
    if not request.htmx:
        return redirect("sessions")
    shown = request.htmx.current_url or ""
    headers = [header(request, session) for session in moved if str(session.pk) in shown]
    toast = fragments.toast(words, undo_url=reverse("bulk") if back else "", undo_values=dict(back or {}))
    return frames(*items(request, moved), *headers, toast)


def items(request: PageRequest, sessions: Sequence[Session]) -> list[SafeString]:
    there = [session for session in sessions if session.deleted_at is None]
    gone = [session for session in sessions if session.deleted_at is not None]
    shown = entries([session for session in there if session.owner_id == request.user.pk], request.user)
    return [*map(fragments.sidebar_item, shown), *(fragments.left(session.pk) for session in gone)]


def and_left(words: str, done: int, left: int) -> str:
    """What was done, and with how many it could not be."""
    if not left:
        return words
    rest = ngettext(
        "%d was left as it is: somebody has changed or removed it.",
        "%d were left as they are: somebody has changed or removed them.",
        left,
    )
    return f"{words} {rest % left}" if done else rest % left
