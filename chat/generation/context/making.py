"""The prompt for one candidate: sections within their shares, then turns newest first, within its window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from chat.estimates import Scales
from chat.generation.attached import Files
from chat.generation.choice import Candidate
from chat.generation.context.budget import LEAST_REPLY, Budget, budget_for
from chat.generation.context.covering import Covered, covered_by
from chat.generation.context.fitting import Fit, taken
from chat.generation.context.merging import replies_section, with_task
from chat.generation.context.path import MAX_MESSAGES, Path
from chat.generation.context.quoting import quoted, summary_words
from chat.generation.context.sections import (
    SCOPE_SHARE,
    SUMMARY_SHARE,
    Section,
    fitted,
    sourced_sections,
    standing_sections,
)
from chat.generation.context.turns import Group, bounded, tokens_of
from chat.generation.fetching import with_files
from chat.generation.given import Plan
from chat.generation.given import plan as plan_for
from chat.models import Message, Session
from chat.phrases import Phrase
from chat.providers.contract import Prompt, ProviderError, Tool, Turn
from chat.providers.options import options_for

# An estimate may be so much too high: a question is refused here only if it is too long all the same.
SURELY = 0.75
# Of the room, what texts of files may fill; theirs is counted in characters.
FILES_SHARE, CHARS_PER_TOKEN = 2, 3
# Of the room, what the reply's own tools may fill with what they answer.
OWN_SHARE = 0.5
NO_FILES: Files = {}
TOO_LONG = Phrase("Too long for this model")


@dataclass(frozen=True)
class Given:
    """A prompt, and what is to be noted of how it was made. Tokens are estimates."""

    prompt: Prompt
    # As the provider has it; None where nobody has told.
    window: int | None
    budget: Budget
    scale: float
    sections: tuple[Section, ...]
    turn_tokens: int
    # Of those, what files took.
    file_tokens: int
    # Why older turns were left out: "window", "setting" or "large", or empty.
    left_out: str
    # Where those begin that went.
    from_depth: int
    covered: Covered | None
    # How files went, as the contract's `context.files` has them.
    files: tuple[dict[str, Any], ...] = ()

    @property
    def tokens(self) -> int:
        return sum(section.tokens for section in self.sections) + self.turn_tokens


def prompt_for(
    session: Session,
    reply: Message,
    candidate: Candidate,
    window: int | None,
    *,
    files: Files = NO_FILES,
    tools: Sequence[Tool] = (),
    own: Sequence[Turn] = (),
) -> Given:
    """What `candidate` is given to write `reply`; a handful of queries, however long the session is.

    `files` are those of the messages, as `messages_with_files` names them; `own` is what the reply has said
    and done so far.

    Raises:
        ProviderError: the question alone is too long for it.
    """
    settings = session.all_settings
    budget = budget_for(
        window=window, max_tokens=settings["max_tokens"], max_output=candidate.facts.max_output
    )
    limit = settings["context_window"]
    path = Path(session, reply.depth, with_tools=bool(tools))
    stretches = path.stretches(MAX_MESSAGES if limit is None else min(limit + 1, MAX_MESSAGES))
    first = next(stretches, [])
    scales = Scales.learned([row.id for row in first if row.role == Message.Role.ASSISTANT])
    scale = scales.of(candidate.config.kind, candidate.config.name, candidate.model)
    own = bounded(own, most=round(budget.room * OWN_SHARE / scale))
    merged = replies_section(reply, room=budget.room, scale=scale)
    budget = budget.less(round(tokens_of(own) * scale) + (merged.tokens if merged else 0))
    before = [*standing_sections(session), *sourced_sections(session)]
    sections = fitted(before, room=budget.room, scale=scale)
    room = budget.room - _tokens(sections)
    plan = plan_for(files, list(files), candidate.facts, room=budget.room * CHARS_PER_TOKEN // FILES_SHARE)
    rows = chain([first], stretches)
    fit = taken(path, rows, plan, room=room, scale=scale, is_limited=limit is not None)
    _check_question(fit, budget.window - LEAST_REPLY - _tokens(sections))
    covered = covered_by(session, before_depth=reply.depth) if fit.left_out else None
    if covered is not None:
        sections += _summary(covered, room, scale)
    told: list[Group] = []
    if fit.left_out:
        fit, told = _refit(path, fit, covered, room=budget.room - _tokens(sections))
    groups = [*told, *reversed(fit.groups)]
    said = [turn for group in groups for turn in group.turns]
    asked = with_task(with_files(said, plan) if files else said, merged)
    turns = (*_opening(sections, covered), *asked, *own)
    return Given(
        prompt=_prompt(session, candidate, turns, tools),
        window=window,
        budget=budget,
        scale=scale,
        sections=(*sections, merged) if merged else tuple(sections),
        turn_tokens=round((sum(group.tokens for group in groups) + tokens_of(own)) * scale),
        file_tokens=round(sum(group.file_tokens for group in groups) * scale),
        left_out=fit.left_out,
        from_depth=fit.from_depth,
        covered=covered,
        files=tuple(_told(said, plan)),
    )


def _told(turns: Iterable[Turn], plan: Plan) -> Iterator[dict[str, Any]]:
    """How files went, as a message keeps it."""
    for turn in turns:
        if turn.message_id:
            yield from (one.as_json() for one in plan.given.get(turn.message_id, ()))


def _prompt(session: Session, candidate: Candidate, turns: tuple[Turn, ...], tools: Sequence[Tool]) -> Prompt:
    settings = session.all_settings
    kind = candidate.config.kind
    options = options_for(kind, {**candidate.config.options, **session.options.get(kind, {})})
    return Prompt(
        candidate.model,
        turns,
        settings["temperature"],
        settings["max_tokens"],
        options,
        tuple(tools),
        max_output=candidate.facts.max_output,
    )


def _summary(covered: Covered, room: int, scale: float) -> list[Section]:
    section = Section("summary", covered.text, SUMMARY_SHARE, about=covered.about)
    return fitted([section], room=round(room * SUMMARY_SHARE), scale=scale)


def _tokens(sections: Iterable[Section]) -> int:
    return sum(section.tokens for section in sections)


def _check_question(fit: Fit, most: int) -> None:
    if fit.groups and fit.question * SURELY > most:
        raise ProviderError(
            TOO_LONG,
            Phrase(
                "Your message has about %(tokens)s tokens, and this model can take %(most)s. Shorten it,"
                " attach less, or choose a model that takes more.",
                tokens=round(fit.question),
                most=max(0, most),
            ),
            is_outage=False,
        )


def _refit(path: Path, fit: Fit, covered: Covered | None, *, room: int) -> tuple[Fit, list[Group]]:
    """Less of the turns, so that there is room for what older system messages say; and those."""
    upto = covered.upto_depth if covered else -1
    found = path.standing(fit.from_depth)
    rest = [group for group in fit.groups if group.is_system]
    told = fit.system_groups(found, most=room * SCOPE_SHARE)
    again = fit.within(room - sum(group.tokens for group in told) * fit.scale, after_depth=upto)
    dropped = [group for group in rest if group.depth < again.from_depth]
    if covered and not path.has_between(upto, again.from_depth):
        again.left_out = ""
    return again, [*reversed(told), *reversed(dropped)]


def _opening(sections: Sequence[Section], covered: Covered | None) -> list[Turn]:
    """System turns: our own words as they are, all others' quoted, with what they are."""
    own = [section.text for section in sections if section.name in ("system", "project")]
    others = [quoted(section) for section in sections if section.name not in ("system", "project", "summary")]
    said = [summary_words(section, covered) for section in sections if section.name == "summary" and covered]
    standing = ["\n\n".join(own)] if own else []
    return [Turn("system", text) for text in (*standing, *said, *others)]
