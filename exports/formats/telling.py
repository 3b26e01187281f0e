"""What is told around the text of a message, in plain words: shared by the formats that are read as text."""

from __future__ import annotations

import re

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models import Annotation, Message
from exports.content.entries import Entry
from exports.content.moments import Moments
from exports.content.usage import Usage
from exports.options import Options

ASSISTANT = Message.Role.ASSISTANT.value
# What neither a line nor a terminal bears: controls and lone surrogates, and signs that end a line.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def one_line(words: str) -> str:
    """Words that somebody chose, such as a title, on one line."""
    return " ".join(_UNFIT.sub(" ", words).split())


class Telling:
    """In the language and the time zone that are active; one for each document."""

    def __init__(self, options: Options) -> None:
        self.has_facts = options.metadata
        self._options = options
        self.moment = Moments().told
        self._usage = Usage()

    def heading(self, entry: Entry) -> list[str]:
        """Who speaks and when; with its number where others refer to it."""
        speaker = one_line(entry.speaker)
        words = [f"{entry.number}. {speaker}" if self._options.alternatives else speaker]
        return words if entry.written_at is None else [*words, self.moment(entry.written_at)]

    def place(self, entry: Entry) -> list[str]:
        """Where a message stands among its versions, and what it follows if not the one above."""
        words = []
        if entry.version:
            place, count = entry.version
            words.append(_("Alternative %(place)s of %(count)s") % {"place": place, "count": count})
        if entry.follows:
            words.append(_("follows message %(n)s") % {"n": entry.follows})
        elif entry.follows == 0:
            words.append(_("begins anew"))
        return words

    def facts(self, entry: Entry) -> list[str]:
        """What a reply took, as far as anybody knows."""
        message = entry.view.message
        if message.role != ASSISTANT:
            return []
        return self._usage.of(message)

    def note(self, note: Annotation) -> list[str]:
        """Whose it is, and what about."""
        words = [_("Note by %(name)s") % {"name": one_line(note.who or "—")}]
        if note.quote:
            words.append(_("on “%(quote)s”") % {"quote": one_line(note.quote)})
        if self._options.timestamps:
            words.append(self.moment(timezone.localtime(note.created_at)))
        return words


def size_of(size: int) -> str:
    return filesizeformat(size).replace("\xa0", " ")


def reactions(entry: Entry) -> str:
    return " · ".join(f"{emoji} {', '.join(map(one_line, names))}" for emoji, names in entry.reactions)
