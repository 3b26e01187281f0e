"""Merges taken back: by a person, or by us where a process died in the midst of one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import audit
from chat.errors import WrittenSince
from chat.generation import jobs
from chat.log import lock_session, record, reset_note, session_note
from chat.models import Annotation, Attachment, Merge, Message, MessageEdit, Reaction, SearchEntry, Session
from chat.models.ids import for_database
from chat.services import growth
from chat.services.attachments import delete_unnamed
from chat.services.merging import SHOWN
from chat.services.trash import EMPTIED

# Messages that are removed by one transaction.
BATCH = 200
_PART = """
WITH RECURSIVE part(id) AS (
    SELECT id FROM chat_message WHERE id = %s
    UNION ALL
    SELECT one.id FROM part JOIN chat_message one ON one.parent_id = part.id
)
SELECT id FROM part
"""
# From the last copy up to the line.
_COPIES = """
WITH RECURSIVE copies(id, parent_id) AS (
    SELECT id, parent_id FROM chat_message WHERE id = %s
    UNION ALL
    SELECT one.id, one.parent_id FROM copies JOIN chat_message one ON one.id = copies.parent_id
    WHERE copies.id <> %s
)
SELECT id FROM copies
"""


def undo_merge(*, session: Session, merge: Merge) -> bool:
    """Take the line and the copies of a merge off the screen again; False where they are already.

    Raises:
        WrittenSince: something was written below them, or they were edited, noted on or reacted to.
        ReplyRunning: a reply runs.
    """
    with transaction.atomic():
        locked = lock_session(session)
        merge.refresh_from_db()
        if merge.undone_at is not None:
            return False
        jobs.refuse_while_open(locked)
        part = _part(merge)
        _refuse_if_built_on(part, merge)
        shown = part.filter(is_active=True, deleted_at=None).count()
        now = timezone.now()
        part.update(is_active=False, deleted_at=Coalesce("deleted_at", now))
        if merge.source and merge.source.deleted_at is None:
            _empty_copies(merge, now)
        merge.undone_at = now
        merge.save(update_fields=["undone_at"])
        locked.message_count -= shown
        locked.total_tokens = max(0, locked.total_tokens - merge.total_tokens)
        if locked.cost is not None:
            locked.cost = max(Decimal(0), locked.cost - (merge.cost or 0))
        locked.updated_at = now
        record(locked, session_note(locked), reset_note(), changed=SHOWN)
        audit.note(audit.Action.SESSION_UNMERGED, locked, merge=str(merge.pk))
    return True


def _empty_copies(merge: Merge, now: datetime) -> None:
    """What they said is in the source: in the trash copies would only be in the way."""
    copies = _copies(merge)
    files = Attachment.objects.filter(message__in=copies)
    names = list(files.values_list("file", flat=True))
    files.delete()
    said = (SearchEntry.Kind.MESSAGE, SearchEntry.Kind.FILES)
    SearchEntry.objects.filter(message__in=copies, kind__in=said).delete()
    for at in range(0, len(names), BATCH):
        transaction.on_commit(partial(delete_unnamed, names[at : at + BATCH]))
    Message.objects.filter(pk__in=copies).update(**EMPTIED, purged_at=now)


def is_due() -> bool:
    """Whether a process died in the midst of a merge."""
    return _left().exists()


def sweep() -> int:
    """Remove what such processes left; of how many merges."""
    found = list(_left())
    for merge in found:
        keys = [key.bytes for key in _part(merge).order_by("-depth").values_list("pk", flat=True)]
        for piece in growth.paced([keys[at : at + BATCH] for at in range(0, len(keys), BATCH)]):
            with transaction.atomic():
                lock_session(merge.session_id)
                Message.objects.filter(pk__in=[UUID(bytes=key) for key in piece]).delete()
    return len(found)


def _left() -> QuerySet[Merge]:
    return Merge.objects.filter(is_whole=False, touched_at__lt=timezone.now() - growth.LEFT_AFTER)


def _part(merge: Merge) -> QuerySet[Message]:
    """The line, the copies, and whatever was said after one of them."""
    return Message.objects.filter(pk__in=RawSQL(_PART, [for_database(merge.line_id)]))


def _refuse_if_built_on(part: QuerySet[Message], merge: Merge) -> None:
    copies = _copies(merge)
    if part.filter(deleted_at=None).exclude(pk__in=copies).exists():
        raise WrittenSince(_("Something was written after what was merged. Delete single messages instead."))
    beside = (
        MessageEdit.objects.filter(message__in=copies),
        Annotation.objects.live().filter(message__in=copies),
        Reaction.objects.filter(message__in=copies),
    )
    if any(rows.exists() for rows in beside):
        words = _("What was merged has been edited, noted on or reacted to. Delete single messages instead.")
        raise WrittenSince(words)


def _copies(merge: Merge) -> RawSQL:
    """The ids of the copies and of the line."""
    return RawSQL(_COPIES, [for_database(merge.last_id), for_database(merge.line_id)])
