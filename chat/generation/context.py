"""What the model sees: the system prompt, then as much of the path as its window holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.db.models import Exists, OuterRef, Q

from chat.generation.given import MAX_TOTAL, Plan
from chat.models import Attachment, Message, Session
from chat.providers.contract import Role, Turn

# Read at most this much of the path; no window in use holds more.
MAX_MESSAGES = 400
# Tokens of English are some 4 bytes, of other scripts fewer; 3 leaves room for the template too.
BYTES_PER_TOKEN = 3
REPLY_SHARE = 4
FILES_SHARE = 2
NOTHING_ATTACHED = Plan()


def turns_before(session: Session, reply: Message) -> list[Turn]:
    """The turns that `reply` answers, oldest first, as the session's settings say; nothing of their files."""
    limit = session.all_settings["context_window"]
    rows = (
        Message.objects.live()
        .on_path(session)
        .filter(depth__lt=reply.depth)
        .exclude(visibility=Message.Visibility.INTERNAL)
        .annotate(has_files=Exists(Attachment.objects.filter(message=OuterRef("pk"))))
        .exclude(Q(content="", has_files=False) | Q(role=Message.Role.TOOL))
        .order_by("-depth")
        .values_list("role", "content", "id")
    )
    # The message that is answered always goes along; the setting counts those before it.
    newest = list(rows[: MAX_MESSAGES if limit is None else min(limit + 1, MAX_MESSAGES)])
    turns = [Turn(cast(Role, role), content, key) for role, content, key in reversed(newest)]
    system = "\n\n".join(filter(None, (_instructions(session), session.all_settings["system_prompt"])))
    return [Turn("system", system), *turns] if system else turns


def _instructions(session: Session) -> str:
    """What all conversations of the project are told."""
    project = session.project
    return project.instructions if project is not None and project.deleted_at is None else ""


def room_for_files(window: int | None, max_tokens: int | None) -> int:
    """In characters: of a window that is known, half of what the reply leaves."""
    return MAX_TOTAL if window is None else max(0, _room(window, max_tokens) // FILES_SHARE)


def fit(
    turns: Sequence[Turn], *, window: int | None, max_tokens: int | None, plan: Plan = NOTHING_ATTACHED
) -> tuple[Turn, ...]:
    """Drop the oldest turns until the rest leaves room for the reply in a window of that many tokens.

    System turns and the last turn stay: if they alone are too long, the provider says so. `plan` says what
    goes along with each, and what it takes.
    """
    if window is None:
        return tuple(turns)
    room = _room(window, max_tokens)
    fixed = [turn for turn in turns[:-1] if turn.role == "system"]
    room -= sum(_size(turn, plan) for turn in [*fixed, *turns[-1:]])
    kept: list[Turn] = list(turns[-1:])
    for turn in reversed([turn for turn in turns[:-1] if turn.role != "system"]):
        room -= _size(turn, plan)
        if room < 0:
            break
        kept.insert(0, turn)
    return (*fixed, *kept)


def _room(window: int, max_tokens: int | None) -> int:
    return (window - (max_tokens or window // REPLY_SHARE)) * BYTES_PER_TOKEN


def _size(turn: Turn, plan: Plan) -> int:
    tokens = 4 + plan.tokens_of(turn.message_id)
    return len(turn.text.encode("utf-8", "replace")) + tokens * BYTES_PER_TOKEN
