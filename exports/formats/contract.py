"""What a format is: how it is called, and what writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from chat.phrases import Phrase
from exports.content.transcript import GoOn, Transcript

Words = str | Promise


class CannotWrite(Exception):
    """The conversation cannot be written in this format, and somebody can do something about it."""

    def __init__(self, words: Phrase) -> None:
        super().__init__(words)
        self.words = words


def late(path: str) -> Callable[..., Any]:
    """The function there, imported with its first call: what lays out documents would delay every start."""

    def call(*arguments: Any) -> Any:
        return import_string(path)(*arguments)

    return call


@dataclass(frozen=True, slots=True)
class Format:
    """One file is one format, shaped like its siblings; `exports.formats` has the table of them.

    `write(transcript, out, go_on)` writes the whole document into an open file that can be sought in. It
    tells `go_on` which share is done, at each message or more often, and lets through what that raises.
    Words of its own are in the language that is active, times in the time zone that is.
    `obstacle()` says what must be installed before it can be written here, or is empty.
    """

    name: str
    label: Words
    # For whom it is.
    hint: Words
    suffix: str
    mime_type: str
    write: Callable[[Transcript, BinaryIO, GoOn], None]
    obstacle: Callable[[], Words] = lambda: ""
    # The first page as PNG, where there are pages, in less than a second.
    picture: Callable[[Transcript], bytes] | None = None
    # The scripts in a text of which some letter cannot be drawn here.
    lacks: Callable[[str], list[str]] = lambda _text: []
