"""What an import came to: how many of each outcome, and what is to be said of each conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from chat.models import ImportJob, ImportLine, Session
from chat.speaking import spoken

Outcome = ImportLine.Outcome


@dataclass(frozen=True, slots=True)
class Item:
    """What came of one conversation. `notes` are in the reader's language."""

    number: int
    outcome: str
    name: str
    session: Session | None
    messages: int
    notes: tuple[str, ...]

    @property
    def is_deleted(self) -> bool:
        """Whether it is here, and the person has deleted it: then it can be brought back."""
        return self.session is not None and self.session.deleted_at is not None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts of conversations, and of the messages that came in."""

    imported: int
    updated: int
    skipped: int
    failed: int
    messages: int

    @property
    def conversations(self) -> int:
        return self.imported + self.updated + self.skipped + self.failed


def reports_of(jobs: Sequence[ImportJob]) -> dict[Any, ImportReport]:
    """The counts of each, by its id."""
    rows = ImportLine.objects.filter(job__in=jobs).values_list("job", "outcome")
    counts = {(job, outcome): (count, messages or 0) for job, outcome, count, messages in _counted(rows)}

    def report(job: ImportJob) -> ImportReport:
        numbers = {outcome: counts.get((job.pk, outcome), (0, 0)) for outcome in Outcome.values}
        return ImportReport(
            **{outcome: count for outcome, (count, _messages) in numbers.items()},
            messages=sum(messages for _count, messages in numbers.values()),
        )

    return {job.pk: report(job) for job in jobs}


def _counted(rows: Any) -> Any:
    return rows.annotate(count=Count("number"), came=Sum("messages")).order_by()


def items_of(
    job: ImportJob,
    *,
    outcomes: Sequence[str] = tuple(Outcome.values),
    after: int = 0,
    limit: int | None = None,
) -> Iterator[Item]:
    """What came of the conversations, in the order of the file, after the place `after`."""
    lines = job.lines.select_related("session").filter(outcome__in=outcomes, number__gt=after)
    for line in lines.order_by("number")[:limit].iterator(500):
        yield Item(
            line.number,
            line.outcome,
            line.name,
            line.session,
            line.messages,
            tuple(spoken(note.get("said"), str(note.get("words"))) for note in line.notes),
        )


def failure_of(job: ImportJob) -> str:
    """Why it failed, in the reader's language; empty if it did not."""
    error: Mapping[str, Any] = job.error or {}
    return spoken(error.get("said"), str(error.get("words") or ""))


def outcome_words() -> dict[str, str]:
    return {
        Outcome.IMPORTED.value: _("Imported"),
        Outcome.UPDATED.value: _("Added to"),
        Outcome.SKIPPED.value: _("Skipped"),
        Outcome.FAILED.value: _("Failed"),
    }


def text_of(job: ImportJob) -> Iterator[str]:
    """The whole report, a line for each conversation."""
    words = outcome_words()
    report = reports_of([job])[job.pk]
    yield f"{job.name}\n"
    for outcome in Outcome.values:
        yield f"{words[outcome]}: {getattr(report, outcome)}\n"
    yield "\n"
    for item in items_of(job):
        notes = "".join(f" – {note}" for note in item.notes)
        yield f"{item.number}. {words[item.outcome]}: {item.name or '—'}{notes}\n"
