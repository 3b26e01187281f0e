"""Temporary sessions: they are gone for good, with all that belongs to them, as soon as they end.

They end on request, when their page was left, at logout, and after an hour in which nothing was said.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.generation import jobs
from chat.log import lock_session, record, session_note
from chat.models import Attachment, Draft, Session, User

IDLE = timedelta(hours=1)
# A closed page may only have been loaded anew, and an open one says so every 30 s, or every minute while
# its tab is in the background.
GRACE = timedelta(seconds=90)
# Another page in the same tab: one can go back.
AWAY = timedelta(minutes=10)
# Deleted by the menu, it can be brought back for so long.
UNDO = timedelta(seconds=20)
# How long others may be kept from the database to empty its log; else it is tried again later.
SCRUB_MS = 100

_is_log_clean = False


def keep_session(*, session: Session) -> Session:
    """Make it an ordinary session."""
    with transaction.atomic():
        locked = lock_session(session.pk)
        locked.is_temporary, locked.leaves_at = False, None
        record(locked, session_note(locked), changed=["is_temporary", "leaves_at"])
    return locked


def leave_session(*, session: Session, is_away: bool = False) -> None:
    """Its page was left; it ends soon, unless `stay_in_session` is called before."""
    leaves_at = timezone.now() + (AWAY if is_away else GRACE)
    Session.objects.filter(pk=session.pk, is_temporary=True).update(leaves_at=leaves_at)


def stay_in_session(*, session: Session) -> None:
    """Its page is open."""
    Session.objects.filter(pk=session.pk, leaves_at__isnull=False).update(leaves_at=None)


def end_session(*, session: Session) -> bool:
    """End it now; whether it is gone already: one that a reply is written in goes when that has stopped."""
    jobs.request_stop(session=session, is_all=True)
    with transaction.atomic():
        locked = lock_session(session.pk)
        locked.deleted_at = locked.leaves_at = timezone.now()
        record(locked, session_note(locked), changed=["deleted_at", "leaves_at"])
    is_gone = _purge(session.pk)
    _scrub()
    return is_gone


def end_all(*, owner: User) -> int:
    """End all of a person's; how many."""
    found = list(Session.objects.filter(owner=owner, is_temporary=True))
    for session in found:
        end_session(session=session)
    return len(found)


def is_due() -> bool:
    """Whether there is anything to sweep."""
    return not _is_log_clean or _ended().exists()


def sweep() -> int:
    """Remove those that have ended; how many."""
    ended = list(_ended().filter(deleted_at=None))
    for session in ended:
        end_session(session=session)
    count = sum(_purge(key) for key in _ended().values_list("pk", flat=True))
    _scrub()
    return count + len(ended)


def _ended() -> QuerySet[Session]:
    now = timezone.now()
    is_over = Q(leaves_at__lte=now) | Q(updated_at__lte=now - IDLE) | Q(deleted_at__lte=now - UNDO)
    return Session.objects.filter(is_over, is_temporary=True)


def _purge(session_id: UUID) -> bool:
    """Remove the session's rows and files, once no reply is being written there."""
    global _is_log_clean
    with transaction.atomic():
        session = Session.objects.select_for_update().filter(pk=session_id, is_temporary=True).first()
        if session is None or jobs.has_open(session):
            return False
        # The files first: should we die in between, the rows are still here to be swept.
        _delete_files(session)
        session.delete()
    _is_log_clean = False
    return True


def _delete_files(session: Session) -> None:
    """Those that no message of another session shares, and those that waited to be sent."""
    for ids in Draft.objects.filter(session=session).values_list("attachment_ids", flat=True):
        for unsent in Attachment.objects.filter(pk__in=ids, message=None):
            unsent.file.delete(save=False)
            unsent.delete()
    names = set(Attachment.objects.filter(message__session=session).values_list("file", flat=True))
    others = Attachment.objects.filter(file__in=names).exclude(message__session=session)
    for name in names - set(others.values_list("file", flat=True)):
        default_storage.delete(name)


def _scrub() -> None:
    """Empty SQLite's log, where the pages are as they were before they were overwritten."""
    global _is_log_clean
    if connection.vendor != "sqlite":
        _is_log_clean = True
        return
    if connection.in_atomic_block or _is_log_clean:
        return
    patience = connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout={SCRUB_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_ = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout={int(patience)}")
    _is_log_clean = not is_busy
