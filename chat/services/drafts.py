"""Drafts: kept while one types, gone in the transaction that sends them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from chat.errors import AlreadySent, IdReused, TooLong
from chat.models import Draft, Message, Session, User
from chat.text import clean_text

# What is too long to be sent may still be on its way to being cut.
SPARE = 2


def save_draft(
    *,
    owner: User,
    session: Session | None,
    text: str,
    message_id: UUID,
    edited_at: datetime,
    attachment_ids: Sequence[UUID] = (),
    model: str = "",
    asked_models: Sequence[str] = (),
) -> Draft | None:
    """Keep what was typed until `edited_at`, unless what is kept is newer; an empty one is none.

    Raises:
        TooLong: nobody types that much.
        AlreadySent: these very words and files were, under that id.
        IdReused: another message has that id.
    """
    if len(text) > SPARE * settings.MESSAGE_MAX_CHARS:
        raise TooLong(_("This is too long to be kept as a draft."), field="content")
    with transaction.atomic():
        # The person's row is the lock: a first draft has none of its own yet.
        User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
        if sent := Message.objects.filter(pk=message_id).first():
            is_this = sent.author_id == owner.pk and sent.content.strip() == clean_text(text).strip()
            # A file that was attached since is still to be sent.
            is_all = set(attachment_ids) <= set(sent.attachments.values_list("pk", flat=True))
            raise (AlreadySent if is_this and is_all else IdReused)(
                _("This message was sent already."), field="message_id"
            )
        kept = Draft.objects.filter(owner=owner, session=session)
        if kept.filter(edited_at__gt=edited_at).exists():
            return kept.get()
        if not text.strip() and not attachment_ids:
            kept.delete()
            return None
        values = {
            "text": text,
            "attachment_ids": [str(key) for key in attachment_ids],
            "model": model,
            "asked_models": list(asked_models),
            "message_id": message_id,
            "edited_at": edited_at,
        }
        return Draft.objects.update_or_create(owner=owner, session=session, defaults=values)[0]


def drop_draft(*, owner: User, message_id: UUID) -> None:
    """Forget the draft of a message that is being sent; what another device has begun since stays."""
    Draft.objects.drop(owner.pk, message_id)
