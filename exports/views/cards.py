"""An export as a card shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.urls import reverse

from chat.speaking import spoken, translated
from exports.formats import FORMATS
from exports.formats.contract import Words
from exports.jobs.beyond import beyond_in
from exports.jobs.files import link_path
from exports.models import ExportJob
from exports.views.forms import HOURS


@dataclass(frozen=True, slots=True)
class Card:
    kind: ClassVar = "export"
    job: ExportJob
    # What kind of file, in a word.
    label: Words
    # Why it failed, in the reader's language.
    failure: str
    # The link's path, while there is one.
    link: str
    # What the file holds that is not on show, in the reader's language.
    beyond: Sequence[str]

    @property
    def look(self) -> str:
        """Where the card is as it is now."""
        return reverse("show-export", args=[self.job.pk])

    @property
    def lifetimes(self) -> Iterable[tuple[str, Words]]:
        return HOURS.items()


def shown(job: ExportJob) -> Card:
    """The job with what is to be said of it."""
    form = FORMATS.get(job.format)
    label = "ZIP" if job.scope != ExportJob.Scope.ONE or form is None else form.label
    failure = spoken(job.error.get("said"), job.error.get("words", "")) if job.error else ""
    return Card(job, label, failure, link_path(job), [translated(words) for words in beyond_in(job)])
