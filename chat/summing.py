"""The summary of a conversation for people, read back: the last one, and how far the next one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from chat.models import Aside, ConfiguredProvider, Message, Session, Summary

# Messages that came since are counted up to here.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Summing:
    summary: Summary | None
    # What is being made, if anything is.
    aside: Aside | None
    # Why the last try failed, as a job keeps it; None where it did not.
    failure: dict[str, Any] | None
    # How many messages have come since the summary.
    newer: int
    # The conversation's model is the one of this machine.
    is_small: bool


def summing_in(session: Session) -> Summing:
    on_show = Message.objects.filter(pk=OuterRef("upto"), is_active=True)
    summaries = Summary.objects.live().filter(
        Exists(on_show), session=session, purpose=Summary.Purpose.READING
    )
    summary = summaries.order_by("-created_at").first()
    asides = Aside.objects.filter(session=session, purpose=Aside.Purpose.READING)
    last = asides.order_by("-created_at").first()
    is_newest = last is not None and (summary is None or last.created_at > summary.created_at)
    newer = 0
    if summary is not None:
        since = Message.objects.live().for_people().on_path(session).filter(depth__gt=summary.upto_depth)
        newer = len(since.values_list("pk")[:MOST_COUNTED])
    return Summing(
        summary,
        aside=last if last is not None and not last.has_ended else None,
        failure=last.error if last is not None and is_newest else None,
        newer=newer,
        is_small=_is_local(session),
    )


def _is_local(session: Session) -> bool:
    """By its name where it is built in, by its kind where it was set up."""
    kind = ConfiguredProvider.objects.filter(name=session.provider).values_list("kind", flat=True).first()
    return (kind or session.provider) == "local"
