"""The door to exports: one's own, and the file of somebody's who gave a link."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from chat.access import sessions_for
from chat.models import User
from exports.models import ExportJob

SALT = "parley.export"


def exports_of(user: User) -> QuerySet[ExportJob]:
    """The person's own exports, the newest first."""
    return ExportJob.objects.filter(owner_id=user.pk).order_by("-created_at", "-id")


def get_export(user: User, export_id: UUID) -> ExportJob:
    """An export of one's own.

    Raises:
        Http404: there is none, or it is another's.
    """
    return get_object_or_404(exports_of(user), id=export_id)


def token_of(job: ExportJob) -> str:
    """What opens the file for others; the job has a link."""
    assert job.link_id is not None
    return signing.dumps(job.link_id.hex, salt=SALT)


def open_link(token: str) -> ExportJob:
    """The export whose file a link opens.

    Raises:
        Http404: nobody made this link, it was taken back, its time is over, its maker is suspended, or may
            not read any more what the file was made of.
    """
    try:
        link_id = UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError) as error:
        raise Http404 from error
    jobs = ExportJob.objects.select_related("owner").filter(
        link_id=link_id, link_expires_at__gt=timezone.now(), owner__is_active=True
    )
    job = get_object_or_404(jobs)
    if not job.has_file or not _may_read(job.owner, job.session_ids):
        raise Http404
    return job


def _may_read(user: User, session_ids: Sequence[str]) -> bool:
    """Whether all of the conversations are there for this person; one in the trash is not."""
    keys = [UUID(key) for key in session_ids]
    return sessions_for(user).filter(pk__in=keys).count() == len(keys)
