"""The writer of attachments: what a file is comes from its bytes, never from what the sender says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chat.errors import BadValue, TooLarge
from chat.extracting.kinds import reader_of
from chat.generation import extracts
from chat.models import Attachment, User
from chat.services.file_kinds import kind_of

NAME_CHARS = 255


def add_attachment(*, owner: User, file: UploadedFile[bytes]) -> Attachment:
    """Keep a file that was sent; it belongs to no message yet.

    Raises:
        TooLarge, UnsupportedFile, BadValue: it is not taken.
    """
    attachment = checked_attachment(owner=owner, file=file, name=file.name or "", size=file.size or 0)
    attachment.file = file
    attachment.save(force_insert=True)
    extracts.begin({attachment.file.name or "": reader_of(attachment.mime_type, attachment.name)})
    return attachment


def checked_attachment(
    *, owner: User, file: IO[bytes] | UploadedFile[bytes], name: str, size: int
) -> Attachment:
    """The row for a file, which is not saved yet, and neither are the bytes.

    Raises:
        TooLarge, UnsupportedFile, BadValue: it is not taken.
    """
    if size > settings.ATTACHMENT_MAX_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
        raise TooLarge(_("A file may have up to %(size)s MB.") % {"size": limit}, field="file")
    if not size:
        raise BadValue(_("The file is empty."), field="file")
    name = clean_name(name)
    kind, mime_type = kind_of(file, name)
    return Attachment(owner=owner, kind=kind, name=name, size=size, mime_type=mime_type)


def drop_attachment(*, attachment: Attachment) -> bool:
    """Delete a file that was not sent with any message, bytes and all; whether it was still free."""
    free = Attachment.objects.filter(pk=attachment.pk, message=None)
    if free.delete()[0] == 0:
        return False
    transaction.on_commit(lambda: delete_unnamed([attachment.file.name or ""]))
    return True


def delete_unnamed(names: Iterable[str], *, apart_from: QuerySet[Attachment] | None = None) -> None:
    """Delete those stored files that no row names: a branch's rows share them with the original's."""
    found = set(names)
    rows = Attachment.objects.filter(file__in=found)
    if apart_from is not None:
        rows = rows.exclude(pk__in=apart_from)
    gone = found - set(rows.values_list("file", flat=True))
    for name in gone:
        default_storage.delete(name)
    extracts.forget(gone)


def clean_name(name: str) -> str:
    """`name` without path and control characters, and no longer than a file's name may be."""
    base = re.split(r"[/\\]", name)[-1]
    base = re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", base).strip(" .")
    path = PurePosixPath(base or "file")
    suffix = path.suffix[:20]
    return path.name.removesuffix(path.suffix)[: NAME_CHARS - len(suffix)] + suffix
