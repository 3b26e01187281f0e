"""What goes before the turns: each section with its place, its share, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import UUID

import structlog
from django.utils.functional import Promise

from chat.estimates import tokens_in
from chat.models import Session
from chat.plugins import manager

CUT = "\n[It is cut here.]"
# Parts of all that may be given; less than its share nothing is cut to, and what others leave may be used.
SYSTEM_SHARE, PROJECT_SHARE, SCOPE_SHARE, SUMMARY_SHARE = 0.25, 0.15, 0.25, 0.15
# What comes before the turns leaves them at least the rest.
MOST_OF_ALL = 0.7
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Section:
    """A text that the model is given besides the turns.

    `name` is for programs; `title` is for people, where it is none of our own. `share` is the part of the
    room that it may take when there is too little for all.
    """

    name: str
    text: str
    share: float
    title: str | Promise = ""
    tokens: int = 0
    is_cut: bool = False
    # What was used of it, by id: of a summary the summary.
    about: Mapping[str, str] = field(default_factory=dict)
    # Messages that are in it, and what of it is not their own words.
    messages: tuple[UUID, ...] = ()
    own_text: str = ""


class ContextSource(Protocol):
    """What a plugin adds to conversations that have `auto_context`: recent activity, for one."""

    name: str

    def sections(self, session: Session) -> Iterable[Section]:
        """What is worth telling now; with as many queries however much there is."""
        ...


def standing_sections(session: Session) -> list[Section]:
    """The session's own prompt, then what all conversations of the project are told."""
    project = session.project
    told = project.instructions if project is not None and project.deleted_at is None else ""
    found = [
        Section("system", session.all_settings["system_prompt"], SYSTEM_SHARE),
        Section("project", told, PROJECT_SHARE),
    ]
    return [section for section in found if section.text.strip()]


def sourced_sections(session: Session) -> list[Section]:
    """What plugins add, where the session wants it; one that fails adds nothing, and stops nobody."""
    if not session.all_settings["auto_context"]:
        return []
    found: list[Section] = []
    for source in (source for plugged in manager().hook.context_sources() for source in plugged):
        try:
            found += [section for section in source.sections(session) if section.text.strip()]
        except Exception:
            log.exception("context.source_failed", source=getattr(source, "name", ""))
    return found


def fitted(sections: Sequence[Section], *, room: int, scale: float) -> list[Section]:
    """The sections with their tokens, cut to their shares of `room` where all together are too much."""
    counted = [_counted(section, scale) for section in sections]
    if sum(section.tokens for section in counted) <= room * MOST_OF_ALL:
        return counted
    return [_cut(section, round(section.share * room), scale) for section in counted]


def _counted(section: Section, scale: float) -> Section:
    return replace(section, tokens=round(tokens_in(section.text) * scale))


def _cut(section: Section, most: int, scale: float) -> Section:
    if section.tokens <= most:
        return section
    chars = len(section.text) * most // section.tokens
    start = section.text[:chars]
    # At a line's end, if that does not cost the half of it.
    end = start.rfind("\n")
    text = (start[:end] if end > chars // 2 else start) + CUT
    return _counted(replace(section, text=text, is_cut=True), scale)
