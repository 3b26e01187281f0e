"""What a model reads of attached files: their text, and of what is no text that it is there."""

from __future__ import annotations

import codecs
import re
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from chat.models import Attachment

# Of one file; what a person may write in one message.
MAX_CHARS = 100_000
# UTF-8 has at most four bytes a character.
MAX_BYTES = 4 * MAX_CHARS
# Of all files together: more than any window in use holds.
MAX_TOTAL = 2_000_000


def texts_of(newest_first: Sequence[UUID]) -> dict[UUID, str]:
    """For each of the messages that has files, what goes after its own words."""
    files: dict[UUID | None, list[Attachment]] = defaultdict(list)
    for file in Attachment.objects.filter(message__in=newest_first).order_by("position", "created_at", "id"):
        files[file.message_id].append(file)
    room = MAX_TOTAL
    texts = {}
    for key in newest_first:
        if key in files:
            texts[key] = "\n\n".join(_text_of(file, is_given=room > 0) for file in files[key])
            room -= len(texts[key])
    return texts


def _text_of(file: Attachment, *, is_given: bool) -> str:
    if not (is_given and file.is_readable):
        return f"[Attached file “{file.name}” ({file.mime_type}). Its content is not given.]"
    text = _read(file)
    if text is None:
        return f"[Attached file “{file.name}”. It is not there any more.]"
    cut = " It is cut here." if len(text) > MAX_CHARS else ""
    text = text[:MAX_CHARS]
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"Attached file “{file.name}”:\n\n{fence}\n{text.rstrip()}\n{fence}{cut}"


def _read(file: Attachment) -> str | None:
    """Its kind says that all of it is UTF-8, or UTF-16 with its mark."""
    try:
        with file.file.open("rb") as stored:
            data: bytes = stored.read(MAX_BYTES)
    except OSError:
        return None
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if is_wide else "utf-8-sig", errors="replace")
