"""What stands beside messages, and what they are part of: read for many at once, by a query of each kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from chat.models import (
    Annotation,
    Aside,
    Attachment,
    Generation,
    Merge,
    Message,
    MessageEdit,
    Reaction,
    Session,
    Summary,
    User,
)
from chat.models.ids import any_of
from chat.models.prepared import Prepared

Row = TypeVar("Row", Annotation, Attachment, MessageEdit, Reaction)


@dataclass(frozen=True)
class Margin:
    """What people put beside a message."""

    reactions: tuple[Reaction, ...] = ()
    annotations: tuple[Annotation, ...] = ()


NO_MARGIN = Margin()
Beside = Literal["alternatives", "attachments", "edits", "margins"]


def missing_in(session: Session) -> set[Beside]:
    """What no message of it has, so that thousands need not be asked for it."""
    found: dict[Beside, bool] = {
        "attachments": _has(session, Attachment.objects.all()),
        "edits": _has(session, MessageEdit.objects.all()),
        "margins": _has(session, Reaction.objects.all()) or _has(session, Annotation.objects.live()),
    }
    return {kind for kind, is_there in found.items() if not is_there}


def _has(session: Session, rows: QuerySet[Row]) -> bool:
    """By the messages of the session: to go by `rows` would be to look at those of everybody."""
    return Message.objects.filter(Exists(rows.filter(message=OuterRef("pk"))), session=session).exists()


def margins_of(message_ids: Sequence[UUID]) -> dict[UUID | None, Margin]:
    """What people put beside each message that has anything."""
    if not message_ids:
        return {}
    if len(message_ids) == 1:
        given, written = _by_message(_reactions_to(*message_ids)), _by_message(_annotations_to(*message_ids))
    else:
        given = _by_message(_reactions(message__in=any_of(message_ids)))
        written = _by_message(_annotations(message__in=any_of(message_ids)))
    keys = given.keys() | written.keys()
    return {key: Margin(tuple(given.get(key, ())), tuple(written.get(key, ()))) for key in keys}


def _reactions(**which: Any) -> QuerySet[Reaction]:
    return Reaction.objects.filter(**which).select_related("user").order_by("created_at", "id")


def _annotations(**which: Any) -> QuerySet[Annotation]:
    live = Annotation.objects.live().filter(**which)
    return live.select_related("author").order_by("created_at", "id")


_reactions_to = Prepared(lambda message: _reactions(message=message), UUID)
_annotations_to = Prepared(lambda message: _annotations(message=message), UUID)


def attachments_of(message_ids: Sequence[UUID]) -> dict[UUID | None, list[Attachment]]:
    rows = Attachment.objects.filter(message__in=any_of(message_ids))
    return _by_message(rows.order_by("position", "created_at", "id"))


def edits_of(message_ids: Sequence[UUID]) -> dict[UUID | None, list[MessageEdit]]:
    rows = MessageEdit.objects.filter(message__in=any_of(message_ids)).select_related("editor")
    return _by_message(rows.order_by("edited_at", "id"))


def _by_message(rows: Iterable[Row]) -> dict[UUID | None, list[Row]]:
    groups: dict[UUID | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.message_id, []).append(row)
    return groups


@dataclass(frozen=True)
class Wait:
    """What a reply that is being written waits for; `asker` is the name of the person who is to answer."""

    note: str = ""
    asker_id: int | None = None
    asker: str = ""
    is_for_a_person: bool = False


NO_WAIT = Wait()


def waits_of(rows: Sequence[Message]) -> dict[UUID, Wait]:
    """What those of `rows` that are being written wait for."""
    running = [row.id for row in rows if row.is_running]
    if not running:
        return {}
    found = Generation.objects.filter(message__in=running)
    names = ("message", "note", "state", "requested_by", "requested_by__username")
    return {
        key: Wait(note, asker_id, asker or "", is_for_a_person=True)
        if state == Generation.State.WAITING
        else Wait(note)
        for key, note, state, asker_id, asker in found.values_list(*names)
    }


def authors_of(rows: Sequence[Message]) -> dict[UUID | None, str]:
    keys = {row.author_id for row in rows if row.author_id}
    found = User.objects.filter(pk__in=keys).values_list("pk", "username") if keys else ()
    return dict(found)


def branches_of(rows: Sequence[Message]) -> dict[UUID | None, Session]:
    """The sessions that branched off at one of `rows`, by that message."""
    copies = {row.id: row.session_id for row in rows if row.origin}
    if not copies:
        return {}
    found = Session.objects.filter(pk__in=set(copies.values()), branch_point__in=any_of([*copies]))
    return {session.branch_point: session for session in found.select_related("parent")}


def merges_of(rows: Sequence[Message]) -> dict[UUID, Merge]:
    """The merges that one of `rows` is the line of, by that message."""
    lines = [row.id for row in rows if row.role == Message.Role.SYSTEM]
    if not lines:
        return {}
    found = Merge.objects.filter(line__in=any_of(lines), is_whole=True, undone_at=None)
    return {merge.line_id: merge for merge in found.select_related("source")}


@dataclass(frozen=True)
class Fold:
    """A summary where it stands in its conversation, and what is being made in its place."""

    summary: Summary
    is_redone: bool = False
    # Why the last try to make another one failed, as a job keeps it.
    failure: dict[str, Any] | None = None


def folds_of(rows: Sequence[Message]) -> dict[UUID, Fold]:
    """The summary that models read in the place of older messages, by the last of `rows` that it covers."""
    if not rows:
        return {}
    on_show = Message.objects.live().filter(pk=OuterRef("upto"), is_active=True)
    found = Summary.objects.live().filter(Exists(on_show), purpose=Summary.Purpose.CONTEXT)
    theirs = found.filter(session__in={row.session_id for row in rows}).select_related("edited_by")
    tries = Aside.objects.filter(session=OuterRef("session"), purpose=Aside.Purpose.CONTEXT)
    last = tries.filter(created_at__gt=OuterRef("created_at")).order_by("-created_at")
    tried, why = (Subquery(last.values(name)[:1]) for name in ("status", "error"))
    told: Iterable[Any] = theirs.annotate(tried=tried, why=why).order_by("-upto_depth", "-created_at")
    furthest: dict[UUID, Fold] = {}
    for summary in told:
        fold = Fold(summary, summary.tried in ("pending", "running"), summary.why)
        furthest.setdefault(summary.session_id, fold)
    return {fold.summary.upto: fold for fold in furthest.values()}


def siblings_of(rows: Sequence[Message]) -> dict[UUID, tuple[UUID, ...]]:
    """For each message the ids of all that share its parent, itself included, oldest first."""
    if not rows:
        return {}
    family = Q(parent__in=any_of([row.parent_id for row in rows if row.parent_id]))
    if any(row.parent_id is None for row in rows):
        family |= Q(session=rows[0].session_id, parent=None)
    # One that is deleted, and be it only now, is still among its own.
    is_there = Q(deleted_at=None) | Q(pk__in=any_of([row.pk for row in rows]))
    groups: dict[UUID | None, list[UUID]] = defaultdict(list)
    live = Message.objects.filter(family).filter(is_there)
    for message_id, parent_id in live.order_by("created_at", "id").values_list("id", "parent_id"):
        groups[parent_id].append(message_id)
    return {row.id: tuple(groups[row.parent_id]) for row in rows}
