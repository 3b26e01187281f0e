"""Files that people attach; the bytes lie in storage, under names that we choose."""

from __future__ import annotations

from django.db import models

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.messages import Message


def upload_path(attachment: Attachment, _filename: str) -> str:
    """Never the name that was sent: it is hostile, and it may be anybody's."""
    return f"attachments/{attachment.id.hex[-2:]}/{attachment.id}"


class Attachment(models.Model):
    class Kind(models.TextChoices):
        IMAGE = "image"
        DOCUMENT = "document"
        CODE = "code"
        TEXT = "text"
        FILE = "file"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    # Where it stands among the files of its message: in the order in which they were chosen.
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    mime_type = models.CharField(max_length=100)
    file = models.FileField(upload_to=upload_path, max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # Before a file is deleted one asks whether another row names it.
        indexes = [models.Index(fields=["file"], name="attachment_file")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Of a kind that a browser shows by itself; what it is was read from its bytes."""
        return self.kind == self.Kind.IMAGE and self.mime_type not in ("image/tiff", "image/heic")

    @property
    def is_readable(self) -> bool:
        """Text, which can stand in a message just as well."""
        return self.kind in (self.Kind.TEXT, self.Kind.CODE)
