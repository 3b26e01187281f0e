"""Reports: made by a person, once for a message; resolved or dismissed by a moderator."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import audit
from chat.errors import AlreadyReported, BadValue, TooLong
from chat.models import Message, Report, User
from chat.text import clean_text

MAX_CHARS = 2000


def report_message(*, message: Message, reporter: User, reason: str, detail: str = "") -> Report:
    """Ask a moderator to look at a message.

    Raises:
        AlreadyReported: this person has, before.
        BadValue: that is not one of the reasons.
        TooLong: the detail is longer than `MAX_CHARS`.
    """
    detail = clean_text(detail).strip()
    if reason not in Report.Reason.values:
        raise BadValue(_("Choose what is wrong with it."), field="reason")
    if len(detail) > MAX_CHARS:
        limits = {"limit": f"{MAX_CHARS:,}", "length": f"{len(detail):,}"}
        raise TooLong(_("This can have %(limit)s characters; it has %(length)s.") % limits, field="detail")
    try:
        with transaction.atomic():
            made = Report.objects.create(message=message, reporter=reporter, reason=reason, detail=detail)
            audit.note(audit.Action.REPORT_MADE, message, session=message.session, report=str(made.pk))
            return made
    except IntegrityError as error:
        raise AlreadyReported(_("You reported this message before. A moderator will look at it.")) from error


def decide_reports(*, reports: QuerySet[Report], moderator: User, state: Report.State) -> int:
    """Resolve or dismiss those of the reports that are open; how many they were."""
    with transaction.atomic():
        decided = list(
            reports.filter(state=Report.State.OPEN)
            .select_for_update(of=("self",))
            .select_related("message__session")
        )
        for report in decided:
            report.state, report.decided_by, report.decided_at = state, moderator, timezone.now()
            session = report.message.session
            audit.note(audit.Action.REPORTS_DECIDED, report, session=session, actor=moderator, state=state)
        Report.objects.bulk_update(decided, ["state", "decided_by", "decided_at"])
    return len(decided)
