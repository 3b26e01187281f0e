"""What is done to many sessions at once. Each is changed as if alone, so none holds up a running reply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial

from django.http import Http404
from django.utils.translation import gettext as _

from chat.errors import BadValue, Conflict, NotAllowed
from chat.models import Project, Session
from chat.services import sessions as one_by_one

Change = Callable[..., Session]
CHANGES: dict[str, Change] = {
    "archive": partial(one_by_one.update_session, changes={"archived": True}),
    "unarchive": partial(one_by_one.update_session, changes={"archived": False}),
    "star": partial(one_by_one.update_session, changes={"starred": True}),
    "unstar": partial(one_by_one.update_session, changes={"starred": False}),
    "delete": one_by_one.delete_session,
    "restore": one_by_one.restore_session,
}


def move_sessions(*, sessions: Sequence[Session], projects: Sequence[Project | None]) -> list[Session]:
    """Bring each session into the project in its place, or out of any; those that could be, as they are now.

    Raises:
        BadValue: one of them cannot be moved; then none is.
    """
    pairs = list(zip(sessions, projects, strict=True))
    if any(one.scope_id is not None and one.project != project for one, project in pairs):
        words = _("One of these is the thread of an object in its project, and stays there.")
        raise BadValue(words, field="project")
    return _done(
        (one, partial(one_by_one.update_session, changes={"project": project})) for one, project in pairs
    )


def change_sessions(*, sessions: Sequence[Session], action: str, tags: Sequence[str] = ()) -> list[Session]:
    """Do one of CHANGES, or "tag", to each; those with which it could be done, as they are now.

    Raises:
        BadValue: there is no such action, or no tag to give.
    """
    if action == "tag" and not tags:
        raise BadValue(_("Name at least one tag."), field="new")
    change = partial(one_by_one.add_tags, names=list(tags)) if action == "tag" else CHANGES.get(action)
    if change is None:
        raise BadValue(_("This cannot be done to conversations."), field="action")
    return _done((session, change) for session in sessions)


def _done(changes: Iterable[tuple[Session, Change]]) -> list[Session]:
    """Some may have been put away, or be nobody's to change any more, since they were chosen."""
    done: list[Session] = []
    for session, change in changes:
        with suppress(Session.DoesNotExist, Http404, NotAllowed, Conflict):
            done.append(change(session=session))
    return done
