"""The jobs that have a model write a title, tags or follow-ups, and keep what of the answer is of use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from chat import access
from chat.background.control import Control
from chat.background.kinds import JobFailed, Kind
from chat.generation.answering import Answer
from chat.generation.asides import ask, candidates_for
from chat.generation.charged import charge_answer
from chat.generation.choice import Candidate
from chat.generation.extras.asked import (
    follow_ups_question,
    small_tags_question,
    small_title_question,
    tags_question,
    title_question,
)
from chat.generation.extras.gist import Gist, exchange_of, gist_of
from chat.generation.extras.keeping import keep_follow_ups, keep_title
from chat.generation.extras.reading import is_grounded, questions_in, tags_in, title_in
from chat.models import Extra, Purpose, Session
from chat.phrases import Phrase
from chat.plugins import hookimpl
from chat.providers.contract import Turn

# Of an answer, thoughts included. The bundled model thinks nothing, and others wait for it.
MOST_TOKENS, MOST_OF_BUNDLED = 2048, 40
# Of a person's tags so many are told.
MOST_KNOWN = 200
# Of what the bundled model is told: beyond that it loses the thread.
SMALL_CHARS = 400
SMALL_TAG_WORDS = 2
NOTHING_SAID = Phrase("There is nothing in this conversation yet that could be named.")
NOTHING_OF_USE = Phrase("The model proposed nothing that can be used.")
log = structlog.get_logger(__name__)


@hookimpl
def job_kinds() -> Iterable[Kind]:
    return [Kind("extra", Extra, make_extra, nothing, nothing, keep=timedelta(days=1), pool="aside")]


def nothing(job: Extra) -> None:
    """All of it is in its row."""


def make_extra(job: Extra, control: Control) -> None:
    """Have it written and keep it; nothing where it is wanted no more, or who it is for may not read on.

    Raises:
        JobFailed: no model could be asked, or it said nothing of use to who asked.
    """
    session = Session.objects.live().filter(pk=job.session_id).first()
    if session is None or access.role_of(job.owner, session) is None:
        return
    try:
        _MAKERS[Extra.Purpose(job.purpose)](job, session, control)
    except JobFailed as failed:
        log.warning("extra.failed", purpose=job.purpose, session=str(session.pk), why=str(failed.words))
        raise
    except Session.DoesNotExist:
        return  # removed for good meanwhile


def _make_title(job: Extra, session: Session, control: Control) -> None:
    gist = gist_of(session)
    if gist is None or session.is_name_typed:
        return
    answer, turns = _ask_title(job, session, gist, control)
    with transaction.atomic():
        charge_answer(session.pk, job.owner_id, Purpose.TITLE, answer, turns)
        keep_title(session.pk, _title_of(answer, gist), instead_of=job.data["name"])


def _propose_title(job: Extra, session: Session, control: Control) -> None:
    gist = _gist(session)
    answer, turns = _ask_title(job, session, gist, control)
    with transaction.atomic():
        charge_answer(session.pk, job.owner_id, Purpose.TITLE, answer, turns)
        _propose(job, title=_title_of(answer, gist))
    _demand(job.data["title"])


def _propose_tags(job: Extra, session: Session, control: Control) -> None:
    gist = _gist(session)
    own = access.tags_of(job.owner)
    given = set(session.tags.values_list("name", flat=True))
    known = [name for name in own if name not in given][:MOST_KNOWN]
    [candidate] = _candidates(job, session)
    small = small_tags_question(gist.first[:SMALL_CHARS])
    turns = small if is_bundled(candidate) else tags_question(gist.text, known)
    answer = _ask(candidate, turns, control)
    tags = [tag for tag in tags_in(answer.text, [*known, *given]) if tag not in given]
    if is_bundled(candidate):
        tags = [tag for tag in tags if is_grounded(tag, gist.first) and len(tag.split()) <= SMALL_TAG_WORDS]
    with transaction.atomic():
        charge_answer(session.pk, job.owner_id, Purpose.SUGGESTION, answer, turns)
        _propose(job, tags=[{"name": tag, "is_new": tag not in own} for tag in tags])
    _demand(tags)


def _make_follow_ups(job: Extra, session: Session, control: Control) -> None:
    reply_id = UUID(job.data["message_id"])
    exchange = exchange_of(session, reply_id)
    if exchange is None:
        return
    [candidate] = _candidates(job, session)
    if is_bundled(candidate):  # what that one would ask next makes no sense
        return
    turns = follow_ups_question(exchange.text)
    answer = _ask(candidate, turns, control)
    with transaction.atomic():
        charge_answer(session.pk, job.owner_id, Purpose.SUGGESTION, answer, turns)
        keep_follow_ups(session.pk, reply_id, questions_in(answer.text, exchange.last))


_MAKERS: dict[Extra.Purpose, Callable[[Extra, Session, Control], None]] = {
    Extra.Purpose.TITLE: _make_title,
    Extra.Purpose.NAMING: _propose_title,
    Extra.Purpose.TAGS: _propose_tags,
    Extra.Purpose.FOLLOW_UPS: _make_follow_ups,
}


def _gist(session: Session) -> Gist:
    gist = gist_of(session)
    if gist is None:
        raise JobFailed(NOTHING_SAID)
    return gist


def _propose(job: Extra, **proposed: Any) -> None:
    job.data = {**job.data, **proposed}
    job.save(update_fields=["data"])


def _demand(proposed: object) -> None:
    if not proposed:
        raise JobFailed(NOTHING_OF_USE)


def _ask_title(job: Extra, session: Session, gist: Gist, control: Control) -> tuple[Answer, Sequence[Turn]]:
    [candidate] = _candidates(job, session)
    small = small_title_question(gist.first[:SMALL_CHARS])
    turns = small if is_bundled(candidate) else title_question(gist.text)
    return _ask(candidate, turns, control), turns


def _title_of(answer: Answer, gist: Gist) -> str:
    """Of the bundled model only what is made of the person's own words, and is no sentence."""
    title = title_in(answer.text)
    if is_bundled(answer.candidate) and (title.endswith("…") or not is_grounded(title, gist.first)):
        return ""
    return title


def _ask(candidate: Candidate, turns: Sequence[Turn], control: Control) -> Answer:
    most = MOST_OF_BUNDLED if is_bundled(candidate) else MOST_TOKENS
    return ask([candidate], turns, control, progress=10, most=most)


def _candidates(job: Extra, session: Session) -> Sequence[Candidate]:
    return candidates_for(*model_for(session, job.data), job.owner)


def model_for(session: Session, about: dict[str, Any]) -> tuple[str, str]:
    """The model that is set up for these, else the one that answered just now, else the session's own."""
    name, _, model = settings.PARLEY_EXTRAS_MODEL.partition("::")
    if name:
        return name, model
    return about.get("provider", session.provider), about.get("model", session.model)


def is_bundled(candidate: Candidate) -> bool:
    """The model that comes with Parley, the smallest that there is."""
    return candidate.config.kind == "local" and not candidate.config.base_url
