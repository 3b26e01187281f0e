"""The summary that stands for the older turns of a path: its own, or that of what it was branched from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from chat.models import Message, Session, Summary

# Ancestors that are asked, and of their summaries the newest.
ANCESTORS, TRIED = 4, 2
# A branch leaves deleted messages behind, so that its copies stand so much higher at most.
SLACK = 500


@dataclass(frozen=True, slots=True)
class Covered:
    """What stands in the place of messages: `count` of them, up to that depth of the path."""

    summary_id: UUID
    text: str
    count: int
    upto_depth: int

    @property
    def about(self) -> Mapping[str, str]:
        return {"summary": str(self.summary_id), "count": str(self.count)}


def covered_by(session: Session, *, before_depth: int) -> Covered | None:
    """The furthest reaching summary of what is on show before that depth, if the session uses any."""
    if not session.summarises:
        return None
    on_show = Message.objects.on_path(session).filter(pk=OuterRef("upto"))
    own = Summary.objects.in_use().filter(Exists(on_show), session=session, upto_depth__lt=before_depth)
    if found := own.order_by("-upto_depth", "-created_at").first():
        return Covered(found.pk, found.text, found.count, found.upto_depth)
    return _inherited(session, before_depth) if session.parent_id else None


def _inherited(session: Session, before_depth: int) -> Covered | None:
    """A copy knows what it was copied from, so a summary up to that is one up to the copy."""
    theirs = Summary.objects.in_use().filter(session__in=_ancestors(session))
    reaching = theirs.filter(upto_depth__lt=before_depth + SLACK).order_by("-upto_depth", "-created_at")
    for summary in reaching[:TRIED]:
        copies = Message.objects.on_path(session).filter(
            origin=summary.upto_origin,
            depth__gt=summary.upto_depth - SLACK,
            depth__lte=min(summary.upto_depth, before_depth - 1),
        )
        depth = copies.values_list("depth", flat=True).first()
        if depth is not None:
            return Covered(summary.pk, summary.text, summary.count, depth)
    return None


def _ancestors(session: Session) -> list[UUID]:
    """What it was branched from, what that was, and so on."""
    names = ["__".join(["parent"] * step) + "_id" for step in range(1, ANCESTORS + 1)]
    found = Session.objects.filter(pk=session.pk).values_list(*names).first()
    return [key for key in found or () if key]
