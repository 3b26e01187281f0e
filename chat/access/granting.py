"""What was granted is asked for once more under the lock: between the two, whoever asked may have been
taken out, been given a smaller role, or somebody may have put the thing away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from chat.models import Message, Project, Session, Template
from chat.models.prepared import Prepared

Row = TypeVar("Row", Session, Message, Project, Template)


def _with_lock(model: type[Any], key: UUID) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.select_for_update(of=("self",))
    return rows.filter(pk=key)


_LOCKED: dict[type[Any], Prepared[Any]] = {
    model: Prepared(partial(_with_lock, model), UUID) for model in (Session, Message, Project, Template)
}


def granted(row: Row, ask: Callable[[Row], object]) -> Row:
    """The row, if `ask` does not raise; it goes with the row, to those who will lock it."""
    ask(row)
    row.asked_again = ask
    return row


def still_granted(row: Row, now: Row) -> Row:
    """`now`, which is the row as it is by now, if what was granted of it would be granted again.

    Raises:
        Http404, NotAllowed: as when it was first asked for.
    """
    if row.asked_again is not None:
        row.asked_again(now)
    return now


def locked(row: Row) -> Row:
    """The row as it is by now, locked till the transaction ends, if it would be granted again.

    Raises:
        DoesNotExist: it was removed for good.
        Http404, NotAllowed: as when it was first asked for.
    """
    now: Row = _LOCKED[type(row)].get(row.pk)
    return still_granted(row, now)


def reread(row: Row) -> Row:
    """As `locked`, without a lock: of what is only pointed at."""
    return still_granted(row, type(row)._default_manager.get(pk=row.pk))
