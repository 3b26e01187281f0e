"""The job that makes a summary: piece by piece, each with what came before it summed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from chat.background.control import Control
from chat.background.kinds import JobFailed, Kind
from chat.estimates import tokens_in
from chat.generation.asides import ask, candidates_for, window_for
from chat.generation.charged import charge_answer
from chat.generation.choice import Candidate
from chat.generation.context.budget import UNKNOWN_WINDOW
from chat.generation.summarising.asked import question
from chat.generation.summarising.keeping import Made, furthest, keep, last_kept, tell_of_end
from chat.generation.summarising.stretches import boundary, next_piece
from chat.models import Aside, Message, Purpose, Session, Summary, User
from chat.phrases import Phrase
from chat.plugins import hookimpl

# Of the window, for the messages of a piece; the rest is for the summary so far, the rules and the answer.
PIECE_SHARE = 0.55
# What reaches further is summed up when the next reply has ended.
MAX_PIECES = 40
# Of the room for what is given: what stays word for word, and what at least is new for another summary.
KEPT_SHARE, NEW_SHARE = 0.4, 0.15
NOTHING_SAID = Phrase("There is nothing in this conversation yet that could be summed up.")


@hookimpl
def job_kinds() -> Iterable[Kind]:
    return [
        Kind("aside", Aside, make_summary, tell_of_end, nothing, keep=timedelta(days=7), pool="aside"),
    ]


def nothing(job: Aside) -> None:
    """All of it is in its row."""


@dataclass
class Progress:
    """How far a summary has come; in the job's row, so that whoever takes it over goes on there."""

    text: str = ""
    count: int = 0
    depth: int = -1
    upto: str = ""
    # Who wrote it.
    provider: str = ""
    model: str = ""

    def save(self, job: Aside) -> None:
        job.data = {**job.data, "so_far": asdict(self)}
        job.save(update_fields=["data"])


def make_summary(job: Aside, control: Control) -> None:
    """Make what the job asks for and keep it; nothing, where there is too little that is new.

    Raises:
        JobFailed: no model could be asked, or there is nothing to sum up.
    """
    session = Session.objects.select_related("project").get(pk=job.session_id)
    candidates = _candidates(session, job.data, job.owner)
    target = _target(session, job)
    so_far = _begun(session, job, target)
    if not _has_enough(session, job, target):
        return
    window = window_for(candidates[0], control) or UNKNOWN_WINDOW
    for _ in range(MAX_PIECES):
        piece = next_piece(session, after_depth=so_far.depth, upto_depth=target, room=window * PIECE_SHARE)
        if piece is None:
            break
        turns = question(job.purpose, so_far.text, piece.said)
        answer = ask(candidates, turns, control, progress=_percent(so_far.depth, target))
        so_far = Progress(
            answer.text,
            so_far.count + piece.count,
            piece.upto_depth,
            str(piece.upto),
            answer.candidate.config.name,
            answer.model,
        )
        with transaction.atomic():
            charge_answer(job.session_id, job.owner_id, Purpose.SUMMARY, answer, turns)
            so_far.save(job)
    if so_far.upto:
        made = Made(so_far.text, so_far.count, UUID(so_far.upto), so_far.provider, so_far.model)
        keep(session.pk, job.purpose, made)
    elif job.purpose == Summary.Purpose.READING:
        raise JobFailed(NOTHING_SAID)


def model_for(session: Session, data: Mapping[str, Any]) -> tuple[str, str]:
    """The model that is set up for summaries, else the one that answered last, else the session's own."""
    name, _, model = settings.PARLEY_SUMMARY_MODEL.partition("::")
    if name:
        return name, model
    return data.get("provider", session.provider), data.get("model", session.model)


def _candidates(session: Session, data: Mapping[str, Any], owner: User) -> Sequence[Candidate]:
    """Who is asked for it. Raises as `candidates_for`."""
    return candidates_for(*model_for(session, data), owner)


def _target(session: Session, job: Aside) -> int:
    """The depth up to which it is to reach."""
    if "upto_depth" in job.data:
        return int(job.data["upto_depth"])
    if job.purpose == Summary.Purpose.READING:
        last = Message.objects.live().on_path(session).order_by("-depth").values_list("depth", flat=True)
        return last.first() or 0
    return boundary(
        session,
        before_depth=int(job.data["before_depth"]),
        keep_tokens=float(job.data["room"]) * KEPT_SHARE,
        keep_messages=session.all_settings["context_window"],
    )


def _begun(session: Session, job: Aside, target: int) -> Progress:
    """Where a killed process left it, or an earlier summary that it goes on from, or the beginning."""
    if "so_far" in job.data:
        return Progress(**job.data["so_far"])
    reach = target - 1 if job.data.get("is_again") else target
    earlier = last_kept(session, upto_depth=reach)
    return Progress(earlier.text, earlier.count, earlier.upto_depth) if earlier else Progress()


def _has_enough(session: Session, job: Aside, target: int) -> bool:
    """Whether so much is new that another summary is worth its price; a person who asks decides that."""
    if "room" not in job.data:
        return True
    needed = job.data["room"] * NEW_SHARE
    piece = next_piece(session, after_depth=furthest(session), upto_depth=target, room=needed)
    return piece is not None and sum(map(tokens_in, piece.said)) >= needed / 2


def _percent(depth: int, target: int) -> int:
    return 5 + round(90 * (depth + 1) / max(1, target + 1))
