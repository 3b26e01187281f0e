"""All that one person owns, in one zip: their conversations, and what stands beside them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, BinaryIO

from django.db.models import Q

from chat import access
from chat.models import Attachment
from chat.wire import attachment_json
from exports.content.transcript import GoOn
from exports.jobs.archive import BATCH, GONE, Archive, add_all, begun, manifest_of
from exports.jobs.belongings import belongings_of
from exports.jobs.beyond import JSON
from exports.jobs.naming import file_name
from exports.models import ExportJob

FILES = "files/"
# What somebody might look for in vain.
LEFT_OUT = (
    "What lies in the trash, until it is brought back.",
    "Temporary conversations.",
    "What was said in conversations of others: whoever may read one exports it from there.",
    "Secrets: the password, what tokens are, keys of providers and of servers of tools, also in addresses.",
)


def write_account(job: ExportJob, out: BinaryIO, go_on: GoOn) -> int:
    """How many of the conversations could not be written."""
    with zipfile.ZipFile(out, "w") as opened:
        archive = begun(job, opened)
        belongings = belongings_of(job.owner)
        archive.add_json("account.json", belongings)
        files = [_add_file(archive, attachment) for attachment in _files(job, archive, go_on)]
        add_all(archive, access.own_sessions(job.owner).order_by("created_at", "id"), go_on)
        more = {"account": [*belongings], "files": files, "left_out": LEFT_OUT}
        archive.add_json("manifest.json", manifest_of(job, archive) | more)
    return archive.failed


def _files(job: ExportJob, archive: Archive, go_on: GoOn) -> Iterator[Attachment]:
    """The files of one's conversations and those that one gave to others', but what stands in the JSON."""
    live = Q(
        message__deleted_at=None, message__session__deleted_at=None, message__session__is_temporary=False
    )
    own = Q(message__session__owner=job.owner)
    given = Q(owner=job.owner, message__isnull=True) | (Q(owner=job.owner) & live & ~own)
    is_in_json = any(form.name == JSON for form in archive.formats)
    rows = Attachment.objects.filter(given if is_in_json else given | (live & own))
    keys = list(rows.order_by("created_at", "id").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        found = Attachment.objects.select_related("message").in_bulk(keys[start : start + BATCH])
        for key in keys[start : start + BATCH]:
            go_on(0)
            if key in found:
                yield found[key]


def _add_file(archive: Archive, attachment: Attachment) -> dict[str, Any]:
    """What the manifest says of a file: where it is, or why it is not."""
    message = attachment.message
    told = {
        **attachment_json(attachment),
        "session_id": str(message.session_id) if message else None,
        "message_id": str(message.pk) if message else None,
    }
    try:
        stored = attachment.file.open("rb")
    except OSError:
        return {**told, "path": None, "error": GONE}
    ending = PurePath(file_name(attachment.name, "file")).suffix[:20]
    name = file_name(attachment.name.removesuffix(ending), "file")
    path = archive.names.take(f"{FILES}{name}", ending)
    with stored:
        archive.put(path, stored, attachment.size, attachment.created_at)
    return {**told, "path": path, "error": None}
