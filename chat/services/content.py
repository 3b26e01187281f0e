"""What a message may say."""

from __future__ import annotations

from django.conf import settings

from chat.errors import BlankText, TooLong
from chat.text import clean_text


def checked_content(content: str, *, has_attachments: bool = False) -> str:
    """`content` as it can be kept.

    Raises:
        BlankText: there is none, and nothing is attached.
        TooLong: it has more characters than `MESSAGE_MAX_CHARS`.
    """
    content = clean_text(content)
    if not content.strip() and not has_attachments:
        raise BlankText("There is nothing in this message yet.", field="content")
    if len(content) > settings.MESSAGE_MAX_CHARS:
        raise TooLong(
            f"A message can have {settings.MESSAGE_MAX_CHARS:,} characters; this one has {len(content):,}.",
            field="content",
        )
    return content
