"""The door to what a person has of their own: files, drafts, imports."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from chat.access.standing import role_of
from chat.models import Attachment, Draft, ImportJob, Message, Session, User


def get_attachment(user: User, attachment_id: UUID) -> Attachment:
    """An attachment of one's own, or of a message that one may read.

    Raises:
        Http404: there is none, or it is neither.
    """
    attachment = get_object_or_404(
        Attachment.objects.select_related("message__session__project"), id=attachment_id
    )
    if attachment.owner_id != user.pk and not _is_readable(user, attachment.message):
        raise Http404
    return attachment


def _is_readable(user: User, message: Message | None) -> bool:
    if message is None or message.session.deleted_at is not None:
        return False
    return role_of(user, message.session) is not None


def get_own_attachment(user: User, attachment_id: UUID) -> Attachment:
    """An attachment that one brought oneself.

    Raises:
        Http404: there is none, or it is another's.
    """
    return get_object_or_404(Attachment.objects.filter(owner_id=user.pk), id=attachment_id)


def unsent_attachments(user: User, ids: Sequence[str]) -> list[Attachment]:
    """Of these files those that still wait to be sent, in this order."""
    if not ids:
        return []
    found = Attachment.objects.filter(owner_id=user.pk, message=None).in_bulk([UUID(key) for key in ids])
    return [found[UUID(key)] for key in ids if UUID(key) in found]


def get_draft(user: User, session: Session | None) -> Draft | None:
    """What this person has begun to write there, unless it was sent since."""
    sent = Message.objects.filter(pk=OuterRef("message_id"))
    return Draft.objects.filter(~Exists(sent), owner_id=user.pk, session=session).first()


def imports_of(user: User) -> QuerySet[ImportJob]:
    """The person's own imports, the newest first."""
    return ImportJob.objects.filter(owner_id=user.pk).order_by("-created_at", "-id")


def get_import(user: User, job_id: UUID) -> ImportJob:
    """An import of one's own.

    Raises:
        Http404: there is none, or it is another's.
    """
    return get_object_or_404(imports_of(user), id=job_id)
