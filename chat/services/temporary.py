"""Temporary sessions: they are gone for good, with all that belongs to them, as soon as they end.

They end on request, when their page was left, at logout from the browser that shows them, and after an hour
in which nothing was said.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from chat import audit
from chat.errors import BadValue
from chat.generation import jobs
from chat.index import AT_ONCE, analyses_of, index_in_pieces, index_session, index_title
from chat.log import lock_session, record, session_note
from chat.models import Attachment, Draft, Message, Session, User
from chat.services.attachments import delete_unnamed
from chat.services.growth import let_others_write

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
# Messages that are removed by one transaction, and the seconds in which others can write after it.
BATCH = 200
PAUSE = 0.05

_is_log_clean = False


def keep_session(*, session: Session) -> Session:
    """Make it an ordinary session. A long one is found whole some seconds after it is kept.

    Raises:
        Session.DoesNotExist: it has ended meanwhile, and what is left of it goes.
    """
    is_long = session.messages.count() > AT_ONCE
    analyses = {} if is_long else analyses_of(session)
    with transaction.atomic():
        locked = lock_session(session)
        was_temporary = locked.is_temporary
        if was_temporary and locked.deleted_at is not None:
            raise Session.DoesNotExist
        locked.is_temporary, locked.leaves_at = False, None
        if was_temporary and is_long:
            index_title(locked)
        elif was_temporary:
            index_session(locked, analyses)
        if was_temporary:
            audit.note(audit.Action.SESSION_KEPT, locked)
        record(locked, session_note(locked), changed=["is_temporary", "leaves_at"])
    if was_temporary and is_long:
        for seconds in index_in_pieces(locked):
            let_others_write(seconds)
    return locked


def leave_session(*, session: Session, is_away: bool = False) -> None:
    """Its page was left; it ends soon, unless `stay_in_session` is called before."""
    leaves_at = timezone.now() + (AWAY if is_away else GRACE)
    Session.objects.filter(pk=session.pk, is_temporary=True).update(leaves_at=leaves_at)


def stay_in_session(*, session: Session) -> None:
    """Its page is open."""
    Session.objects.filter(pk=session.pk, leaves_at__isnull=False).update(leaves_at=None)


def end_session(*, session: Session) -> bool:
    """End it now; whether it is gone already: one that a reply is written in goes when that has stopped.

    Raises:
        BadValue: it is kept.
        Session.DoesNotExist: it is gone already.
    """
    if not _end(session.pk, Q()):
        Session.objects.get(pk=session.pk)
        raise BadValue(_("This conversation is kept. Delete it by its menu."))
    is_gone = _purge(session.pk)
    _scrub()
    return is_gone


def mark_of(session_id: UUID) -> str:
    """By this a browser is known to show it; nothing of it can be read there, not even when it began."""
    return salted_hmac("parley.temporary", session_id.hex).hexdigest()[:32]


def marks_of(owner: User) -> dict[str, UUID]:
    """The person's own temporary sessions by their marks."""
    keys = Session.objects.filter(owner=owner, is_temporary=True).values_list("pk", flat=True)
    return {mark_of(key): key for key in keys}


def end_all(*, owner: User, marks: Iterable[str]) -> int:
    """End those of these that are temporary and the person's own; how many."""
    own = marks_of(owner)
    ended = [own[mark] for mark in marks if mark in own and _end(own[mark], Q(owner=owner))]
    for key in ended:
        _purge(key)
    _scrub()
    return len(ended)


def is_due() -> bool:
    """Whether there is anything to sweep."""
    return not _is_log_clean or _ended().exists()


def sweep() -> int:
    """Remove those that have ended; how many."""
    found = list(_ended().values_list("pk", "deleted_at"))
    for key, deleted_at in found:
        if deleted_at is None:
            _end(key, _is_over())
    count = sum(_purge(key) for key, _deleted_at in found)
    _scrub()
    return count


def _ended() -> QuerySet[Session]:
    return Session.objects.filter(_is_over(), is_temporary=True)


def _is_over() -> Q:
    """What is being brought in may have been said years ago, and is put away until it is whole."""
    now = timezone.now()
    idle = Q(updated_at__lte=now - IDLE, deleted_at=None)
    return Q(leaves_at__lte=now) | idle | Q(deleted_at__lte=now - UNDO)


def _end(session_id: UUID, condition: Q) -> bool:
    """Put it away and stop what runs in it, unless it was kept, or came back to, since it was found."""
    with transaction.atomic():
        temporary = Session.objects.filter(condition, pk=session_id, is_temporary=True)
        session = temporary.select_for_update().first()
        if session is None:
            return False
        jobs.request_stop(session=session, is_all=True)
        locked = lock_session(session_id)  # stopping was recorded there
        locked.deleted_at = locked.leaves_at = timezone.now()
        record(locked, session_note(locked), changed=["deleted_at", "leaves_at"])
    return True


def _purge(session_id: UUID) -> bool:
    """Remove the session's rows and files, once no reply is being written there."""
    global _is_log_clean
    with transaction.atomic():
        session = _to_purge(session_id)
        if session is None:
            return False
        # The files first: should we die in between, the rows are still here to be swept.
        _delete_files(session)
    _is_log_clean = False
    while True:
        with transaction.atomic():
            session = _to_purge(session_id)
            if session is None:
                return False
            if not _remove_last(session):
                session.delete()
                return True
        time.sleep(PAUSE)


def _to_purge(session_id: UUID) -> Session | None:
    """The session, locked, if it has ended and no reply is being written there."""
    session = _ended().select_for_update().filter(pk=session_id).first()
    return None if session is None or jobs.has_open(session) else session


def _remove_last(session: Session) -> bool:
    """Remove the last messages of a long session; whether it was one."""
    shown = Message.objects.on_path(session).order_by("-depth")
    keys = list(shown.values_list("pk", flat=True)[:BATCH])
    if len(keys) < BATCH:
        return False
    Message.objects.filter(pk__in=keys).delete()
    return True


def _delete_files(session: Session) -> None:
    """Those that no message of another session shares, and those that waited to be sent."""
    unsent: list[UUID] = []
    for draft in Draft.objects.filter(session=session):
        # Of the ids that it names: nobody deletes another's files by writing them into a draft.
        own = Attachment.objects.filter(pk__in=draft.attachment_ids, owner=draft.owner_id, message=None)
        unsent += own.values_list("pk", flat=True)
    mine = Attachment.objects.filter(Q(message__session=session) | Q(pk__in=unsent))
    delete_unnamed(mine.values_list("file", flat=True), apart_from=mine)
    mine.delete()


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
