"""The table of importers, and the walk over a file: which one knows it, then its conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import structlog

from chat.importers import chatgpt, claude, openwebui, parley
from chat.importers.archive import Archive, Document, reading_zip
from chat.importers.conversation import Conversation, Damaged, Node
from chat.importers.documents import CLOSING, LISTS, OPENING, Event, conversations_in, events_of
from chat.importers.limits import UnreadableFile
from chat.phrases import Phrase

# Elements of a document that are looked at before one gives up: some may be damaged.
MAX_LOOKED_AT = 100
UNKNOWN = Phrase(
    "This is no export that Parley knows. It takes those of ChatGPT, Claude and Open WebUI, and its own JSON."
)
FAULT = Phrase("It could not be read because of a fault in Parley itself. It has been logged.")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Importer:
    """What each importer's module has: `messages` leads from a conversation to its messages."""

    name: str
    label: str
    messages: tuple[str, ...]
    recognise: Callable[[Mapping[str, object]], bool]
    read_message: Callable[[str | None, Any, Archive], tuple[Node, ...]]
    read_conversation: Callable[[dict[str, Any]], Conversation]


def _importer(module: ModuleType) -> Importer:
    return Importer(
        module.NAME,
        module.LABEL,
        module.MESSAGES,
        module.recognise,
        module.read_message,
        module.read_conversation,
    )


IMPORTERS = {one.name: one for one in map(_importer, (parley, chatgpt, claude, openwebui))}


def label_of(name: str) -> str:
    """What people call the place that an importer reads from."""
    return IMPORTERS[name].label if name in IMPORTERS else ""


class Reading:
    """A walk over an archive. `source` is the importer's name, once it is known."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.source = ""

    def conversations(self) -> Iterator[Conversation | Damaged]:
        """One after the other, also those that cannot be read.

        Raises:
            UnreadableFile: nothing can be read of the file, or nothing more.
        """
        known = [
            (document, found) for document in self._archive.documents if (found := self._known(document))
        ]
        if not known:
            raise UnreadableFile(UNKNOWN)
        for document, importer in known:
            self.source = importer.name
            yield from self._in_document(document, importer)

    def _known(self, document: Document) -> Importer | None:
        """Which importer knows the document. That it is no JSON is an error only where it is alone."""
        try:
            with reading_zip(), document.open() as file:
                return _recognised(events_of(file))
        except UnreadableFile:
            if len(self._archive.documents) == 1:
                raise
            return None

    def _in_document(self, document: Document, importer: Importer) -> Iterator[Conversation | Damaged]:
        def shrink(key: str | None, raw: Any) -> tuple[Node, ...]:
            with _as_damage(importer):
                return importer.read_message(key, raw, self._archive)

        with reading_zip(), document.open() as file:
            events = events_of(file, self._archive.count)
            for found in conversations_in(events, importer.messages, shrink):
                try:
                    yield _conversation(importer, found)
                except Damaged as damaged:
                    yield damaged


@contextmanager
def _as_damage(importer: Importer) -> Iterator[None]:
    """A conversation that our own code cannot read must not spoil the rest."""
    try:
        yield
    except Damaged:
        raise
    except Exception as error:
        log.exception("import.conversation_not_read", source=importer.name)
        raise Damaged(FAULT) from error


def _conversation(importer: Importer, found: Any) -> Conversation:
    if isinstance(found, Damaged):
        raise found
    if not isinstance(found, dict):
        raise Damaged(Phrase("This is no conversation."))
    try:
        with _as_damage(importer):
            return importer.read_conversation(found)
    except Damaged as damaged:
        name = found.get("title") or found.get("name")
        damaged.name = damaged.name or (name if isinstance(name, str) else "")
        raise


def _recognised(events: Iterator[Event]) -> Importer | None:
    """Look at the keys of the first elements, and no further than is needed."""
    fields: dict[str, object] = {}
    depth, looked_at = 0, 0
    level = 1  # at which a conversation's own keys are
    key = ""
    for event, value in events:
        if event == "map_key" and depth == level:
            key = value
            continue
        if event in OPENING:
            depth += 1
            if depth == 1 and event == "start_array":
                level = 2
            elif depth == level + 1:
                fields[key] = dict if event == "start_map" else list
                if event == "start_array" and level == 1 and key in LISTS:
                    level, fields = 3, {name: one for name, one in fields.items() if name == "format"}
        elif event in CLOSING:
            depth -= 1
            if depth == level - 1:
                looked_at, fields = looked_at + 1, {}
        elif depth == level:
            fields[key] = value
        if importer := next((one for one in IMPORTERS.values() if one.recognise(fields)), None):
            return importer
        if looked_at > MAX_LOOKED_AT:
            break
    return None
