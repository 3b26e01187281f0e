"""The writer of exports: begun, begun again, cancelled or removed, and the links to their files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import access, audit
from chat.background import queue
from chat.errors import BadValue, Conflict, TooManyJobs
from chat.models import Message, Session, User
from exports.content.transcript import Transcript
from exports.formats import FORMATS
from exports.jobs.files import part_at, parts_of, stored_at
from exports.jobs.naming import file_name
from exports.models import ALL, LONGEST_LINK, ExportJob
from exports.options import Options

# Of one person, that have not ended. One is done at a time.
MAX_OPEN = 20
MOST_SESSIONS = 5000


def start_export(*, owner: User, session: Session, format_name: str, options: Options) -> ExportJob:
    """Have one conversation written to a file.

    Raises:
        BadValue: the messages are none of this conversation, or the format cannot be written here.
        Conflict: the conversation is a temporary one.
        TooManyJobs: others of this person have not ended yet.
    """
    if session.is_temporary:
        raise Conflict(_("A temporary conversation leaves no trace. Keep it first, then export it."))
    _demand_format(format_name)
    _demand_messages(session, options)
    name = file_name(session.name, _("Conversation")) + FORMATS[format_name].suffix
    return _start(owner, ExportJob.Scope.ONE, [session], format_name, options, name)


def start_bulk_export(
    *, owner: User, sessions: Sequence[Session], format_name: str, options: Options
) -> ExportJob:
    """Have several conversations written to one zip, each in that format, or in "all".

    Raises:
        BadValue: there is none, there are too many, the options name a range that is not of all of them, or
            the format cannot be written here.
        TooManyJobs: as `start_export`.
    """
    if not sessions:
        raise BadValue(_("Choose at least one conversation."), field="session_ids")
    if len(sessions) > MOST_SESSIONS:
        words = _("One export takes up to %(most)s conversations.") % {"most": MOST_SESSIONS}
        raise BadValue(words, field="session_ids")
    if any(session.is_temporary for session in sessions):
        raise BadValue(_("A temporary conversation cannot be exported."), field="session_ids")
    if format_name != ALL:
        _demand_format(format_name)
    if options.is_range and len(sessions) > 1:
        raise BadValue(_("A range of messages is of one conversation."), field="options")
    if options.is_range:
        Transcript(sessions[0], options)
    count = len(sessions)
    name = ngettext("%(n)s conversation", "%(n)s conversations", count) % {"n": count}
    day = timezone.localdate().isoformat()
    return _start(owner, ExportJob.Scope.MANY, sessions, format_name, options, f"Parley {day}, {name}.zip")


def start_account_export(*, owner: User, format_name: str) -> ExportJob:
    """Have all that a person owns written to one zip.

    Raises:
        BadValue, TooManyJobs: as `start_export`.
    """
    if format_name != ALL:
        _demand_format(format_name)
    name = f"Parley {timezone.localdate().isoformat()}, {file_name(owner.get_username(), 'account')}.zip"
    return _start(owner, ExportJob.Scope.ACCOUNT, [], format_name, Options(), name)


def _demand_messages(session: Session, options: Options) -> None:
    """What the options name is in the conversation; what is deleted later is left out later."""
    Transcript(session, options)
    keys = set(options.message_ids)
    if Message.objects.live().filter(session=session, pk__in=keys).count() < len(keys):
        raise BadValue(_("One of these messages is not in the conversation."), field="message_ids")


def _demand_format(name: str) -> None:
    if name not in FORMATS:
        raise BadValue(_("There is no such format."), field="format")
    if obstacle := FORMATS[name].obstacle():
        raise BadValue(str(obstacle), field="format")


def _start(
    owner: User,
    scope: ExportJob.Scope,
    sessions: Sequence[Session],
    format_name: str,
    options: Options,
    name: str,
) -> ExportJob:
    job = ExportJob(
        owner=owner,
        scope=scope,
        session_ids=[str(session.pk) for session in sessions],
        format=format_name,
        options=options.kept(),
        language=translation.get_language() or "en",
        time_zone=timezone.get_current_timezone_name(),
        name=name,
    )
    with transaction.atomic():
        _demand_room(owner)
        # Of many each is asked for once more when its turn comes.
        one = access.reread(sessions[0]) if scope == ExportJob.Scope.ONE else None
        job.save(force_insert=True)
        audit.note(audit.Action.EXPORT_BEGUN, job, session=one, scope=scope.value, format=format_name)
        queue.wake()
    return job


def _demand_room(owner: User) -> None:
    """Raises TooManyJobs. Two that are begun at once are counted one after the other."""
    User.objects.select_for_update().get(pk=owner.pk)
    unended = ExportJob.objects.filter(owner=owner, status__in=["pending", "running"])
    if unended.count() >= MAX_OPEN:
        raise TooManyJobs(_("Other exports of yours are still under way. Wait until one has ended."))


def retry_export(*, job: ExportJob) -> ExportJob:
    """Begin one that failed or was cancelled again; one that has not ended goes on.

    Raises:
        Conflict: it has its file.
        TooManyJobs: as `start_export`.
    """
    if job.has_file:
        raise Conflict(_("This export is complete."))
    again = {"status": "pending", "progress": 0, "attempts": 0, "error": None, "failed_count": 0}
    with transaction.atomic():
        _demand_room(job.owner)
        ended = ExportJob.objects.filter(pk=job.pk, status__in=["error", "cancelled"])
        if ended.update(**again, cancel_requested_at=None, ended_at=None, started_at=None):
            audit.note(audit.Action.EXPORT_BEGUN, job, scope=job.scope, format=job.format)
            queue.wake()
    job.refresh_from_db()
    return job


def cancel_or_remove(*, job: ExportJob) -> None:
    """Have one that has not ended cancelled; remove one that has, with its file and its link."""
    with transaction.atomic():
        now = ExportJob.objects.select_for_update().filter(pk=job.pk).first()
        if now is None:
            return
        if now.has_ended:
            drop_file(now)
            audit.note(audit.Action.EXPORT_REMOVED, now)
            now.delete()
        else:
            queue.request_cancel(now)
            if now.cancel_requested_at is None:
                audit.note(audit.Action.EXPORT_CANCELLED, now)


def drop_file(job: ExportJob) -> None:
    """What lies outside of the row goes."""
    for file in (stored_at(job), *parts_of(job)):
        file.unlink(missing_ok=True)


def drop_part(job: ExportJob) -> None:
    """What was written of a file that will not be whole goes."""
    part_at(job).unlink(missing_ok=True)


def make_link(*, job: ExportJob, lifetime: timedelta) -> ExportJob:
    """A link with which whoever has it downloads the file; the one before it opens nothing more.

    Raises:
        Conflict: there is no file.
        BadValue: it would last too long.
    """
    if not job.has_file or job.expires_at is None:
        raise _no_file()
    if not timedelta(0) < lifetime <= LONGEST_LINK:
        raise BadValue(_("A link lasts up to seven days."), field="expires_in")
    expires_at = min(timezone.now() + lifetime, job.expires_at)
    with transaction.atomic():
        _keep_link(job, link_id=uuid4(), expires_at=expires_at)
        audit.note(audit.Action.EXPORT_SHARED, job, expires_at=expires_at.isoformat())
    return job


def revoke_link(*, job: ExportJob) -> ExportJob:
    """The link opens nothing more; where there is none, nothing happens.

    Raises:
        Conflict: the export was removed meanwhile.
    """
    if job.link_id is None:
        return job
    with transaction.atomic():
        _keep_link(job, link_id=None, expires_at=None)
        audit.note(audit.Action.EXPORT_UNSHARED, job)
    return job


def _keep_link(job: ExportJob, *, link_id: UUID | None, expires_at: datetime | None) -> None:
    """It has that link now, and was not removed meanwhile; a new link was not used yet."""
    link = {"link_id": link_id, "link_expires_at": expires_at, **({"link_count": 0} if link_id else {})}
    if not ExportJob.objects.filter(pk=job.pk, status=ExportJob.Status.COMPLETE).update(**link):
        raise _no_file()
    for name, value in link.items():
        setattr(job, name, value)


def _no_file() -> Conflict:
    return Conflict(_("There is no file yet."))


def note_download(*, job: ExportJob, by_link: bool, is_rest: bool) -> None:
    """Somebody takes the file; by a link it is nobody whom we know.

    The rest of one that broke off counts only if nothing was taken before: nobody takes a file uncounted by
    leaving out its first byte.
    """
    with transaction.atomic():
        if by_link:
            rows = ExportJob.objects.filter(pk=job.pk, **({"link_count": 0} if is_rest else {}))
            rows.update(link_count=F("link_count") + 1)
        audit.note(audit.Action.EXPORT_TAKEN, job, by_link=by_link, is_rest=is_rest)
