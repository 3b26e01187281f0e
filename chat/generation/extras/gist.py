"""So much of a conversation as a title, tags and follow-ups need: how it began, and what was said last."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Left, Right

from chat.models import Message, Session

FIRST_CHARS = 1500
LAST_CHARS = 1000
REPLY_CHARS = 4000
# Messages at its end that are told beside the first.
LAST = 3


@dataclass(frozen=True)
class Gist:
    """`text` is all that is told of it; `first` and `last` are what the person began with, and asked last."""

    first: str
    text: str
    last: str = ""


def gist_of(session: Session) -> Gist | None:
    """How it began and how it goes on; None where nobody has said anything yet."""
    rows = _said(session)
    first = rows.filter(role=Message.Role.USER).annotate(start=Left("content", FIRST_CHARS)).order_by("depth")
    begun = first.values_list("depth", "start").first()
    if begun is None:
        return None
    later = rows.filter(depth__gt=begun[0]).annotate(start=Left("content", LAST_CHARS)).order_by("-depth")
    told = [_told(role, start) for role, start in later.values_list("role", "start")[:LAST]]
    return Gist(begun[1].strip(), "\n\n".join([_told(Message.Role.USER, begun[1]), *reversed(told)]))


def exchange_of(session: Session, reply_id: UUID) -> Gist | None:
    """The reply, if it is the last of the conversation, with what was asked; None where it is not."""
    rows = Message.objects.live().on_path(session).annotate(end=Right("content", REPLY_CHARS))
    last = rows.order_by("-depth").values_list("pk", "status", "depth", "end").first()
    if last is None or last[:2] != (reply_id, Message.Status.COMPLETE):
        return None
    before = _said(session).filter(depth__lt=last[2], role=Message.Role.USER)
    asked = before.annotate(start=Left("content", FIRST_CHARS)).order_by("-depth")
    question = asked.values_list("start", flat=True).first() or ""
    text = f"{_told(Message.Role.USER, question)}\n\n{_told(Message.Role.ASSISTANT, last[3])}"
    return Gist(question, text, question)


def _said(session: Session) -> QuerySet[Message]:
    rows = Message.objects.live().for_people().on_path(session)
    return rows.filter(role__in=(Message.Role.USER, Message.Role.ASSISTANT)).exclude(content="")


def _told(role: str, text: str) -> str:
    return f"{'Person' if role == Message.Role.USER else 'Model'}: {text.strip()}"
