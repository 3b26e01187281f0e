"""The part of a conversation that a page shows: ranges of depth on an index, as cheap wherever it lies."""

from __future__ import annotations

from chat.models import Message, Session
from chat.snapshot import PAGE_SIZE, Page, Stretch, last_stretch, page_of

HALF = PAGE_SIZE // 2
# What comes in while one scrolls: little enough to be laid out between two frames.
MORE = 12


def newest(session: Session) -> Page:
    return page_of(session, lambda: last_stretch(session, limit=PAGE_SIZE, for_people=True))


def before(session: Session, depth: int) -> Page:
    """The page that ends just above `depth`."""
    return page_of(session, lambda: _before(session, depth))


def after(session: Session, depth: int) -> Page:
    """The page that begins just below `depth`."""
    return page_of(session, lambda: _after(session, depth))


def around(session: Session, depth: int) -> Page:
    """The page with `depth` in its middle; of a depth that is past the end, the newest."""
    return page_of(session, lambda: _around(session, depth))


def _before(session: Session, depth: int) -> Stretch:
    above = last_stretch(session, limit=MORE, before_depth=depth, for_people=True)
    has_newer = bool(Message.objects.for_people().page_after(session, limit=1, after_depth=depth - 1))
    return Stretch(above.rows, has_older=above.has_older, has_newer=has_newer)


def _after(session: Session, depth: int) -> Stretch:
    below = Message.objects.for_people().page_after(session, limit=MORE + 1, after_depth=depth)
    has_older = bool(Message.objects.for_people().page(session, limit=1, before_depth=depth + 1))
    return Stretch(below[:MORE], has_older=has_older, has_newer=len(below) > MORE)


def _around(session: Session, depth: int) -> Stretch:
    below = Message.objects.for_people().page_after(session, limit=HALF + 1, after_depth=depth)
    # What is missing below is made up for above.
    limit = PAGE_SIZE - min(len(below), HALF)
    above = last_stretch(session, limit=limit, before_depth=depth + 1, for_people=True)
    rows = [*above.rows, *below[:HALF]]
    return Stretch(rows, has_older=above.has_older, has_newer=len(below) > HALF)
