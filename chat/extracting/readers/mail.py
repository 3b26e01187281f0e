"""A message as mail programs save it: who wrote to whom, when, what, and the names of what was with it."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_binary_file
from email.policy import default
from typing import BinaryIO

from chat.extracting.contract import Told
from chat.extracting.readers.page import markdown_of

HEADERS = ("From", "To", "Cc", "Date", "Subject")


def read(file: BinaryIO, told: Told) -> Iterator[str]:
    message = message_from_binary_file(file, policy=default)
    for name in HEADERS:
        if message[name]:
            yield f"{name}: {message[name]}\n"
    yield "\n"
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None:
        content = body.get_content()
        yield from markdown_of(content) if body.get_content_subtype() == "html" else [content]
    for part in message.iter_attachments():
        yield f"\n[With it: {part.get_filename() or part.get_content_type()}]\n"
