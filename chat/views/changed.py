"""What a form says to one who was not the first to change something: nobody's words are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget

from chat.differences import Piece, difference
from chat.models import Message, Project, Session, Template
from chat.versions import ChangedMeanwhile, Check, Row, seen, unchecked, version_at, version_of_values
from chat.views.door import PageRequest

# Texts by what they are called in the form.
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is there now, as what one has typed would change it; `version` is that of what is there."""

    refused: ChangedMeanwhile
    version: str
    changes: list[tuple[str, list[Piece]]]


def unchanged(request: PageRequest, version_of: Callable[[Row], str]) -> Check[Row]:
    """That the row still has the version that the form was loaded with."""
    version = request.POST.get("version", "")
    return seen({version}, version_of) if version else unchecked


def version_of_row(row: Message | Project | Template) -> str:
    return version_at(row.updated_at)


def version_of_settings(session: Session) -> str:
    """Of these alone: a message that arrives is no reason to refuse another temperature."""
    values = {**session.all_settings, "fallbacks": session.fallbacks, "options": session.options}
    return version_of_values(values)


def conflict_of(refused: ChangedMeanwhile, version: str, *, theirs: Texts, mine: Texts) -> Conflict:
    return Conflict(refused, version, changes_between(theirs, mine))


def changes_between(old: Texts, new: Texts) -> list[tuple[str, list[Piece]]]:
    """Of the texts that differ, how."""
    return [
        (name, difference(text, new.get(name, ""))) for name, text in old.items() if text != new.get(name, "")
    ]


def answer_conflict(request: PageRequest, conflict: Conflict, *, slot: str) -> HttpResponse:
    """In the form's `slot`; what was typed stays where it is, and can be saved over what is there now."""
    answer = render(request, "chat/_changed.html", {"conflict": conflict}, status=conflict.refused.status)
    answer["X-Refused"] = conflict.refused.code
    return reswap(retarget(answer, slot), "innerHTML")


def setting_texts(settings: Mapping[str, Any]) -> dict[str, str]:
    """The settings of a conversation as one reads them."""
    own = _("the model’s default")
    said = {
        _("System prompt"): settings["system_prompt"],
        _("Temperature"): settings["temperature"],
        _("Longest reply"): settings["max_tokens"],
        _("Earlier messages"): settings["context_window"],
        _("Add recent activity automatically"): _("yes") if settings["auto_context"] else _("no"),
    }
    return {name: own if value is None else str(value) for name, value in said.items()}
