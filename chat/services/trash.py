"""The trash: what was deleted is kept for 30 days, brought back on request, or removed for good.

A conversation that goes for good is handed to those that remove temporary ones, piece by piece. A message
that does leaves its place in the tree behind, empty, since others may follow it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import access, audit
from chat.errors import Conflict
from chat.log import lock_session, record, reset_note, session_note
from chat.models import (
    Annotation,
    Attachment,
    Chunk,
    Message,
    MessageEdit,
    Project,
    Reaction,
    SearchEntry,
    Session,
    User,
)
from chat.services.attachments import delete_unnamed

KEPT = timedelta(days=30)
# What is left of a message that is only a place in the tree; `purged_at` says since when.
EMPTIED = {"content": "", "parts": [], "html": "", "html_version": 0, "error": None, "sent_digest": ""}
# Messages that one transaction empties.
BATCH = 200


def deleted_sessions(owner: User) -> QuerySet[Session]:
    """The person's conversations that can be brought back."""
    return Session.objects.filter(owner=owner, deleted_at__isnull=False, is_temporary=False)


def deleted_messages(owner: User) -> QuerySet[Message]:
    """Messages that can be brought back, of conversations that the person owns and that are there."""
    return Message.objects.filter(
        session__owner=owner, session__deleted_at=None, deleted_at__isnull=False, purged_at=None
    )


def deleted_projects(owner: User) -> QuerySet[Project]:
    """Projects of which the person is an owner and that can be brought back."""
    return Project.objects.filter(members__user=owner, members__role="owner", deleted_at__isnull=False)


def restore_clearing(*, session: Session, clearing_id: UUID) -> int:
    """Bring back what one clearing took away; how many messages."""
    with transaction.atomic():
        locked = lock_session(session)
        taken = Message.objects.filter(session=locked, clearing_id=clearing_id, purged_at=None)
        shown = taken.filter(is_active=True).count()
        count = taken.update(deleted_at=None, clearing_id=None)
        locked.message_count += shown
        record(locked, session_note(locked), reset_note(), changed=["message_count"])
        audit.note(audit.Action.SESSION_UNCLEARED, locked, messages=count)
    return count


def purge_session(*, session: Session) -> None:
    """Remove a deleted conversation for good; its rows and files go within seconds.

    Raises:
        Conflict: it was brought back.
    """
    with transaction.atomic():
        locked = lock_session(session)
        if locked.deleted_at is None:
            raise Conflict(_("It was brought back meanwhile."))
        audit.note(audit.Action.SESSION_PURGED, locked)
        locked.is_temporary = True
        locked.project = locked.scope_type = locked.scope_id = None
        locked.leaves_at = timezone.now()
        locked.save(update_fields=["is_temporary", "project", "scope_type", "scope_id", "leaves_at"])


def purge_sessions(sessions: Iterable[Session]) -> int:
    """As `purge_session`, those that were not brought back since they were found; how many."""
    count = 0
    for session in sessions:
        with suppress(Conflict, Session.DoesNotExist):
            purge_session(session=session)
            count += 1
    return count


def purge_messages(*, messages: QuerySet[Message]) -> int:
    """Empty deleted messages for good, with their edits, files and notes; how many."""
    count = 0
    waiting = messages.filter(deleted_at__isnull=False, purged_at=None).values_list("pk", flat=True)
    while keys := list(waiting[:BATCH]):
        with transaction.atomic():
            count += _empty(keys)
    return count


def _empty(keys: list[UUID]) -> int:
    """Not those that were brought back since they were found."""
    sessions = Session.objects.filter(messages__in=keys).order_by("pk")
    list(sessions.select_for_update(of=("self",)).values("pk"))
    found = Message.objects.select_for_update().filter(pk__in=keys, deleted_at__isnull=False, purged_at=None)
    rows = {row.pk: row for row in found.only("session")}
    if not rows:
        return 0
    for session in Session.objects.filter(messages__in=rows).distinct():
        count = sum(row.session_id == session.pk for row in rows.values())
        audit.note(audit.Action.MESSAGES_PURGED, session, messages=count)
    for beside in (MessageEdit, Annotation, Reaction, Chunk, SearchEntry):
        beside.objects.filter(message__in=rows).delete()
    files = Attachment.objects.filter(message__in=rows)
    names = list(files.values_list("file", flat=True))
    files.delete()
    transaction.on_commit(lambda: delete_unnamed(names))
    return Message.objects.filter(pk__in=rows).update(**EMPTIED, purged_at=timezone.now())


def purge_project(*, project: Project) -> None:
    """Remove a deleted project; its conversations stay with their owners.

    Raises:
        Conflict: it was brought back.
    """
    with transaction.atomic():
        locked = access.locked(project)
        if locked.deleted_at is None:
            raise Conflict(_("It was brought back meanwhile."))
        audit.note(audit.Action.PROJECT_PURGED, locked)
        Session.objects.filter(project=locked).update(project=None, scope_type=None, scope_id=None)
        locked.delete()


def is_due() -> bool:
    """Whether something has been in the trash for long enough."""
    return any(found.exists() for found in _over())


def sweep() -> int:
    """Remove for good what has been in the trash for 30 days; how many."""
    sessions, messages, projects = _over()
    rows = list(sessions[:BATCH])
    purge_sessions(rows)
    gone = list(projects[:BATCH])
    for project in gone:
        with suppress(Conflict, Project.DoesNotExist):
            purge_project(project=project)
    return len(rows) + len(gone) + purge_messages(messages=messages)


def _over() -> tuple[QuerySet[Session], QuerySet[Message], QuerySet[Project]]:
    old = {"deleted_at__lte": timezone.now() - KEPT}
    return (
        Session.objects.filter(**old, is_temporary=False),
        Message.objects.filter(**old, purged_at=None),
        Project.objects.filter(**old),
    )
