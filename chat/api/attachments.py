"""Files that are attached: sent one at a time, and fetched as files, never as pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from chat import access, threads
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import caller_of, reading
from chat.api.downloads import BYTES, download_of
from chat.errors import BadValue, TooLarge
from chat.http.files import file_answer
from chat.http.problems import problem
from chat.models import Attachment, User
from chat.services.attachments import add_attachment
from chat.wire import attachment_json

router = Router(tags=["attachments"])

# What comes round a file in a multipart body.
ENVELOPE_BYTES = 64 * 1024

# Of an operation that takes one file.
UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {"file": BYTES},
            },
            "example": {"file": "The bytes of the file."},
        }
    },
}


@router.post("", response={201: outputs.Attachment}, openapi_extra={"requestBody": UPLOAD})
async def upload_attachment(request: HttpRequest) -> HttpResponse:
    """One file in the field `file`; what it is comes from its bytes."""
    await threads.read(caller_of(request).find)
    if request.content_type != "multipart/form-data":
        return problem(415, detail="Send the file as multipart/form-data, in the field “file”.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.ATTACHMENT_MAX_BYTES + ENVELOPE_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
        raise TooLarge(f"A file may have up to {limit} MB.", field="file")
    # Read, although a row is written: the writing thread is not kept waiting for a file to be copied.
    return json_answer(await reading(request, _upload, request), status=201)


def _upload(user: User, request: HttpRequest) -> dict[str, Any]:
    return attachment_json(add_attachment(owner=user, file=the_file(request)))


def the_file(request: HttpRequest) -> UploadedFile[bytes]:
    """The one file of a form.

    Raises:
        BadValue: there are more or none, or other fields.
    """
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise BadValue("Send exactly one file, in the field “file”.", field="file")
    unknown = (set(request.FILES) | set(request.POST)) - {"file"}
    if unknown:
        raise BadValue("This field is not known.", field=sorted(unknown)[0])
    file = files[0]
    assert isinstance(file, UploadedFile)
    return file


@router.get(
    "/{uuid:attachment_id}",
    response={200: None},
    openapi_extra=download_of("The bytes."),
)
async def get_attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """The bytes, as a download; one that broke off goes on with `Range`."""
    attachment = await reading(request, _get, attachment_id)
    return file_answer(
        request,
        attachment.file,
        name=attachment.name,
        size=attachment.size,
        mime_type=attachment.mime_type,
    )


def _get(user: User, attachment_id: UUID) -> Attachment:
    attachment = access.get_attachment(user, attachment_id)
    if not attachment.file.storage.exists(attachment.file.name or ""):
        raise Http404
    return attachment
