"""What is done to the conversations that are chosen in the list, all at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from chat import access, fragments
from chat.errors import Refused
from chat.forms import ManyForm, TagsForm
from chat.models import Role, Session
from chat.services import bulk
from chat.views.door import PageRequest, frames, login_needed
from chat.views.moving import WAY_BACK, and_left, is_way_back, items, move
from chat.views.sidebar import away_from

NEEDED = dict.fromkeys(("delete", "restore"), Role.OWNER)
BACK = {"archive": "unarchive", "delete": "restore"}


@require_POST
@login_needed
def change_sessions(request: PageRequest) -> HttpResponse:
    try:
        action, session_ids = ManyForm(request.POST).check()
        tags = TagsForm(request.POST).check() if action == "tag" else []
        if action == "move":
            return move(request, session_ids)
        chosen = access.get_sessions(
            request.user,
            session_ids,
            NEEDED.get(action, Role.EDITOR),
            deleted=action == "restore",
            partly=is_way_back(request),
        )
        changed = bulk.change_sessions(sessions=chosen, action=action, tags=tags)
    except Refused as refused:
        return answer_refusal(request, refused)
    if not request.htmx:
        return redirect("sessions")
    gone = [session.pk for session in changed if session.deleted_at is not None]
    left = len({*session_ids}) - len(changed)
    return frames(*items(request, changed), told(action, changed, left), *away_from(request, gone))


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


def told(action: str, changed: Sequence[Session], left: int) -> SafeString:
    """The notice, with the way back where there is one, and of how many it could not be done."""
    count = len(changed)
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
    said = and_left(words % count, count, left)
    if action not in BACK or not changed:
        return fragments.toast(said)
    keys = [str(session.pk) for session in changed]
    values = {"action": BACK[action], "session_ids": keys, WAY_BACK: "1"}
    return fragments.toast(said, undo_url=reverse("bulk"), undo_values=values)


def answer_refusal(request: PageRequest, refused: Refused) -> HttpResponse:
    answer = render(request, "chat/_refusal.html", {"refused": refused}, status=refused.status)
    slot = "#move-error" if "asked" in request.POST else "#bulk-error"  # in the dialog, if it is open
    return reswap(retarget(answer, slot), "innerHTML")
