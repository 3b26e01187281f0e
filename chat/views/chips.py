"""Files in the composer: what is known of each by now, and what the chosen model would be given of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Substr
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat import fragments
from chat.errors import NoProvider
from chat.extracting.words import extent_in_words, problem_in_words
from chat.fragments import FileState
from chat.generation.attached import AttachedFile, attached_file
from chat.generation.choice import Candidate, candidate_of, provider_for
from chat.generation.given import NO_PICTURES, objection, tokens_alone
from chat.models import Attachment, Extract, User
from chat.phrases import Phrase
from chat.speaking import translated
from chat.views.choices import MOST, split

# Characters of what was read that are shown at once.
PIECE_CHARS = 20_000


def chips(files: Sequence[Attachment], *, user: User, models: Sequence[str]) -> list[SafeString]:
    """`models` are choices of that person's composer: the one, or those that are asked at once."""
    states = states_of(files, user=user, models=models)
    return [fragments.chip(file, state) for file, state in zip(files, states, strict=True)]


def states_of(files: Sequence[Attachment], *, user: User, models: Sequence[str]) -> list[FileState]:
    if not files:
        return []
    kept = Extract.objects.defer("text").in_bulk([file.file.name or "" for file in files])
    found = [_candidate(model, user) for model in models[:MOST]]
    candidates = [candidate for candidate in found if candidate]
    return [_state(attached_file(file, kept.get(file.file.name or "")), candidates) for file in files]


def _candidate(model: str, user: User) -> Candidate | None:
    """None where that model is not there any more: then nobody can tell."""
    try:
        return candidate_of(*provider_for(*split(model), user))
    except NoProvider:
        return None


def _state(file: AttachedFile, candidates: Sequence[Candidate]) -> FileState:
    kept = None if file.is_source else file.extract
    each = [tokens_alone(file, candidate.facts) for candidate in candidates]
    extent = extent_in_words(kept.unit, kept.count) if kept and kept.count else None
    return FileState(
        extent=translated(extent) if extent else "",
        trouble=_trouble(file, candidates),
        is_being_read=bool(file.extract and file.waits),
        has_text=bool(kept and kept.chars),
        tokens=max((tokens for tokens in each if tokens is not None), default=None),
    )


def _trouble(file: AttachedFile, candidates: Sequence[Candidate]) -> str:
    """Why the models are not given it; where only some of several are not, which."""
    reasons = [(_name_of(candidate), objection(file, candidate.facts)) for candidate in candidates]
    names = [name for name, why in reasons if why]
    if not names:
        return ""
    why = reasons[0][1]
    if len(reasons) > 1 and (why == NO_PICTURES or {other for _model, other in reasons} != {why}):
        return _("Told its name alone: %(models)s.") % {"models": ", ".join(names)}
    if why == NO_PICTURES:
        return _(
            "%(model)s does not see pictures: it is told the name alone. Choose another model to show it."
        ) % {"model": names[0]}
    said = translated(why) if isinstance(why, Phrase) else why
    return _("%(reason)s Models are told its name alone.") % {"reason": said}


def _name_of(candidate: Candidate) -> str:
    return candidate.model or candidate.config.name


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what was read of a file; `start` is where a further one begins, 0 where it was the last."""

    text: str
    start: int
    chars: int
    extent: str
    is_cut: bool
    is_being_read: bool
    problem: str


def piece_of(attachment: Attachment, start: int) -> Piece | None:
    """None of a file that nobody reads: it goes as it is, or by its name."""
    rows = Extract.objects.filter(pk=attachment.file.name).exclude(reader="picture")
    row = rows.annotate(piece=Substr("text", start + 1, PIECE_CHARS)).defer("text").first()
    if row is None:
        return None
    extent = extent_in_words(row.unit, row.count) if row.count else None
    end = start + PIECE_CHARS
    return Piece(
        text=row.piece,
        start=end if end < row.chars else 0,
        chars=row.chars,
        extent=translated(extent) if extent else "",
        is_cut=row.is_cut,
        is_being_read=not row.has_ended,
        problem=translated(problem_in_words(row.problem)) if row.problem else "",
    )
