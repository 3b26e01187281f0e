"""What a merge would do, told before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from chat import kinship
from chat.models import Attachment, Message, Session
from chat.starts import start_of, starting


@dataclass(frozen=True)
class Prospect:
    """How many messages are known already and how many would come, with the first and last of these."""

    common: int
    count: int = 0
    ends: tuple[tuple[Message, str], ...] = ()
    files: int = 0
    tokens: int = 0
    cost: Decimal | None = None


def prospect_of(session: Session, source: Session) -> Prospect:
    """What of `source` would be appended to `session`."""
    path = kinship.ids_new_to(session, source)
    count = len(path) // 16
    if not count:
        return Prospect(source.message_count)
    ends = Message.objects.filter(pk__in={UUID(bytes=path[:16]), UUID(bytes=path[-16:])})
    new = kinship.new_to(session, source)
    sums = new.aggregate(sent=Sum("input_tokens"), made=Sum("output_tokens"), cost=Sum("cost"))
    return Prospect(
        source.message_count - count,
        count,
        tuple((row, start_of(row)) for row in starting(ends).order_by("depth")),
        Attachment.objects.filter(message__in=new).count(),
        (sums["sent"] or 0) + (sums["made"] or 0),
        sums["cost"],
    )
