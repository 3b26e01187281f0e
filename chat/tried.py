"""Who was asked for a reply and did not answer, in the words of its bubble. No queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models import Message
from chat.speaking import spoken


@dataclass(frozen=True)
class Asked:
    """One of them, and why; `has_words`: what it had written is an alternative of the reply."""

    name: str
    title: str
    detail: str
    has_words: bool


@dataclass(frozen=True)
class Tried:
    """All of them, and what that means for this reply."""

    summary: str
    asked: list[Asked]


def tried_for(message: Message) -> Tried | None:
    """None where nobody else was asked, or while it is not known who answers."""
    entries = [one for one in message.tried if isinstance(one, dict)]
    if not entries or message.status == Message.Status.PENDING:
        return None
    same = {entry.get("model") for entry in entries} & {message.model, ""}
    asked = [_asked(entry, with_provider=bool(same)) for entry in entries]
    names = list(dict.fromkeys(one.name for one in asked))
    return Tried(_summary(message, names, with_provider=bool(same)), asked)


def _summary(message: Message, names: list[str], *, with_provider: bool) -> str:
    others = get_text_list(names, _("and"))
    if message.status == Message.Status.ERROR:
        return _("Also asked: %(others)s") % {"others": others}
    form = ngettext(
        "Answered by %(name)s, since %(others)s was unavailable",
        "Answered by %(name)s, since %(others)s were unavailable",
        len(names),
    )
    return form % {
        "name": _name(message.provider, message.model, with_provider=with_provider),
        "others": others,
    }


def _asked(entry: Mapping[str, Any], *, with_provider: bool) -> Asked:
    said = entry.get("said")
    kept = said if isinstance(said, dict) else {}
    name = _name(entry.get("provider", ""), entry.get("model", ""), with_provider=with_provider)
    title, detail = (spoken(kept.get(part), entry.get(part) or "") for part in ("title", "detail"))
    return Asked(name, title, detail, has_words="message_id" in entry)


def _name(provider: str, model: str, *, with_provider: bool) -> str:
    """The model; with its provider where two have the same, and that alone where it decides which."""
    return " · ".join(filter(None, (model, provider if with_provider or not model else "")))
