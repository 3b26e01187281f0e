"""What a message may say, and how it looks: settled before any transaction begins."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from chat.errors import BlankText, TooLong
from chat.generation.ending import rendered
from chat.index import Analysis, analysis_of
from chat.models.ids import new_id
from chat.text import clean_text, number


@dataclass(frozen=True)
class Draft:
    """A text that can be kept as message `id`, with its HTML and what the search index has of it.

    Making these of a long one takes half a second, and a transaction that waited for it would keep the
    journal from saving what others read.
    """

    id: UUID
    content: str
    html: str
    analysis: Analysis


def draft_of(content: str, *, id: UUID | None = None, has_attachments: bool = False) -> Draft:
    """The draft of what a person typed, for the message `id` or a new one.

    Raises:
        BlankText: there is nothing, and nothing is attached.
        TooLong: it has more characters than `MESSAGE_MAX_CHARS`.
    """
    content = clean_text(content)
    if not content.strip() and not has_attachments:
        raise BlankText(_("There is nothing in this message yet."), field="content")
    if len(content) > settings.MESSAGE_MAX_CHARS:
        raise TooLong(
            _("A message can have %(most)s characters; this one has %(length)s.")
            % {"most": number(settings.MESSAGE_MAX_CHARS), "length": number(len(content))},
            field="content",
        )
    key = id or new_id()
    return Draft(key, content, rendered(key, [content]), analysis_of(content))
