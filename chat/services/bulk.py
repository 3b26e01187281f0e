"""What is done to many sessions at once. Each is changed as if alone, so none holds up a running reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.models import Session
from chat.services import sessions as one

Change = Callable[..., Session]
CHANGES: dict[str, Change] = {
    "archive": partial(one.update_session, changes={"archived": True}),
    "unarchive": partial(one.update_session, changes={"archived": False}),
    "star": partial(one.update_session, changes={"starred": True}),
    "unstar": partial(one.update_session, changes={"starred": False}),
    "delete": one.delete_session,
    "restore": one.restore_session,
}


def change_sessions(*, sessions: Sequence[Session], action: str, tags: Sequence[str] = ()) -> list[Session]:
    """Do one of CHANGES, or "tag", to each; the sessions as they are now.

    Raises:
        BadValue: there is no such action, or no tag to give.
    """
    if action == "tag" and not tags:
        raise BadValue(_("Name at least one tag."), field="new")
    change = partial(one.add_tags, names=list(tags)) if action == "tag" else CHANGES.get(action)
    if change is None:
        raise BadValue(_("This cannot be done to conversations."), field="action")
    return [change(session=session) for session in sessions]
