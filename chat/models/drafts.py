"""What people have begun to write and not sent yet."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.ids import for_database, new_id
from chat.models.sessions import Session


class DraftManager(models.Manager["Draft"]):
    def drop(self, owner: UUID, message_id: UUID) -> None:
        """Delete the draft of that message: by plain SQL, since each message that is sent waits for it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM chat_draft WHERE owner_id = %s AND message_id = %s",
                [for_database(owner), for_database(message_id)],
            )


class Draft(models.Model):
    """One for each person and conversation, and one for a conversation that is not there yet."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    text = models.TextField(blank=True)
    # In the order of the chips; a file that was taken away or sent since is left out when it is read.
    attachment_ids = models.JSONField(default=list, blank=True)
    # As the composer's form names it; a conversation has its own model, so this is for a new one.
    model = models.CharField(max_length=300, blank=True)
    # Of several that are asked at once, each as the form names it.
    asked_models = models.JSONField(default=list, blank=True)
    # The id that the message will have: so a retry is the same message, also from another device.
    message_id = models.UUIDField(db_index=True)
    edited_at = models.DateTimeField()

    objects = DraftManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "session"], name="one_draft_a_conversation"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(session=None), name="one_draft_of_a_new_conversation"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def stamp(self) -> str:
        """Tells one state of it from the next: milliseconds since 1970, as our clock has them."""
        return str(int(self.edited_at.timestamp() * 1000))
