"""JSON as a stream: one conversation after the other, however large the file, and never more than may be.

What a conversation holds is made small message by message, as it is read: JSON takes ten times its text.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from typing import IO, Any

import ijson

from chat.importers.conversation import Damaged
from chat.importers.limits import MAX_CHARS, MAX_DEPTH, MAX_NODES, MAX_TOKEN, MAX_VALUES, UnreadableFile
from chat.phrases import Phrase

Event = tuple[str, Any]
# What becomes of a message once it is read: given its key, none in a list, and its JSON.
Shrink = Callable[[str | None, Any], Any]
OPENING = frozenset({"start_map", "start_array"})
CLOSING = frozenset({"end_map", "end_array"})
# Where a document that is no list of conversations may have one.
LISTS = frozenset({"sessions", "conversations"})
BLOCK = 1 << 16
NO_UNICODE = Phrase("From here on the file is not in UTF-8: it was saved in another encoding, or is damaged.")
_MARKS = (  # the longer ones first: one begins with another
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Bytes:
    """A file as the parser wants it: in UTF-8, and in pieces that are counted.

    The parser is C, and takes the process down when a value cannot be made: of text that is no UTF-8
    after all (it lets halves of surrogates pass), and without `use_float` of numbers of 5,000 digits.
    """

    def __init__(self, file: IO[bytes], on_read: Callable[[int], None]) -> None:
        self._file = file
        self._on_read = on_read
        self._since = 0
        self._head = file.read(4)
        self._decode = codecs.getincrementaldecoder(_encoding_of(self._head))("strict").decode

    def read(self, size: int = BLOCK) -> bytes:
        if size == 0:
            return b""
        data, self._head = self._head or self._file.read(BLOCK), b""
        self._on_read(len(data))
        self._since += len(data)
        if self._since > MAX_TOKEN:
            raise UnreadableFile(
                Phrase("There is a text in this file that is longer than any message or file can be.")
            )
        try:
            text = self._decode(data, not data)
        except UnicodeDecodeError as error:
            raise UnreadableFile(NO_UNICODE) from error
        # The parser takes nothing at all for the end, and a mark alone is nothing.
        return text.encode() or (self.read(size) if data else b"")

    def seen(self) -> None:
        """The parser has come to the end of a value."""
        self._since = 0


def _encoding_of(head: bytes) -> str:
    """By its mark, or since the first character of JSON is one of ASCII."""
    if head[:2].count(0) == 1:
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    return next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")


def events_of(file: IO[bytes], on_read: Callable[[int], None] = lambda _size: None) -> Iterator[Event]:
    """The parser's events.

    Raises:
        UnreadableFile: it is no JSON from here on.
    """
    source = Bytes(file, on_read)
    has_begun = False
    try:
        for event in ijson.basic_parse(source, buf_size=BLOCK, use_float=True):
            source.seen()
            has_begun = True
            yield event
    except ijson.JSONError as error:
        raise UnreadableFile(_why(error, has_begun=has_begun)) from error


def _why(error: Exception, *, has_begun: bool) -> Phrase:
    said = str(error)
    if "premature EOF" in said or "ncomplete" in said:
        return Phrase("The file ends in the middle: it was not downloaded or copied whole.")
    if not has_begun:
        return Phrase("This is no JSON at all. Choose the .zip or .json file just as you downloaded it.")
    return Phrase("From here on the file is no valid JSON.")


def conversations_in(
    events: Iterator[Event], path: tuple[str, ...], shrink: Shrink
) -> Iterator[dict[str, Any] | Damaged]:
    """The conversations of a document: its elements if it is a list, those of its list, or it itself.

    `path` leads from a conversation to its messages, "*" standing for every key and place; each of
    them is replaced by what `shrink` makes of it.
    """
    first = next(events, None)
    if first is None or first[0] not in OPENING:
        return
    if first[0] == "start_array":
        yield from _elements(events, path, shrink)
        return
    whole = Builder(path, shrink)
    whole.take(*first)
    for event, value in events:
        if event == "start_array" and len(whole.keys) == 1 and whole.keys[0] in LISTS:
            yield from _elements(events, path, shrink)
            return
        if whole.take(event, value):
            yield whole.result()
            return


def _elements(events: Iterator[Event], path: tuple[str, ...], shrink: Shrink) -> Iterator[Any]:
    for event, value in events:
        if event == "end_array":
            return
        builder = Builder(path, shrink)
        is_whole = builder.take(event, value)
        while not is_whole:
            is_whole = builder.take(*next(events))
        yield builder.result()


class Builder:
    """Makes one value of events. Where it becomes too much, it lets go of all and only finds the end."""

    def __init__(self, path: tuple[str, ...], shrink: Shrink) -> None:
        # The key within each container that is open; None in a list.
        self.keys: list[str | None] = []
        self._path = path
        self._shrink = shrink
        self._stack: list[Any] = []
        self._value: Any = None
        self._trouble: Damaged | None = None
        self._depth = 0
        self._nodes = self._values = self._chars = 0
        # Values and characters as they were where the message that is being read began.
        self._before = (0, 0)

    def result(self) -> Any:
        return self._trouble or self._value

    def take(self, event: str, value: Any) -> bool:
        """One more event; whether it was the last."""
        if event in OPENING:
            self._depth += 1
        elif event in CLOSING:
            self._depth -= 1
        if self._trouble is None:
            try:
                self._build(event, value)
            except Damaged as trouble:
                self._let_go(trouble)
        return self._depth == 0 and event != "map_key"

    def _build(self, event: str, value: Any) -> None:
        if event == "map_key":
            self.keys[-1] = value
            self._count(len(value))
        elif event in OPENING:
            self._open({} if event == "start_map" else [])
        elif event in CLOSING:
            self._close()
        else:
            self._count(len(value) if event == "string" else 0)
            self._put(value)

    def _open(self, container: Any) -> None:
        if self._depth > MAX_DEPTH:
            raise Damaged(Phrase("It is nested deeper than any conversation is."))
        if len(self._stack) == len(self._path) and self._is_message():
            self._before = (self._values, self._chars)
        self._count(0)
        self._stack.append(container)
        self.keys.append(None)

    def _close(self) -> None:
        container = self._stack.pop()
        self.keys.pop()
        if self._path and len(self._stack) == len(self._path) and self._is_message():
            container = self._made_small(container)
        self._put(container)

    def _made_small(self, container: Any) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise Damaged(Phrase("It has more than %(most)s messages.", most=MAX_NODES))
        small = self._shrink(self.keys[-1], container)
        values, chars = self._before
        self._values = values + 1
        self._chars = chars + sum(node.weight for node in small)
        return small

    def _is_message(self) -> bool:
        return all(wanted in ("*", key) for wanted, key in zip(self._path, self.keys, strict=True))

    def _put(self, value: Any) -> None:
        if not self._stack:
            self._value = value
        elif isinstance(self._stack[-1], dict):
            self._stack[-1][self.keys[-1]] = value
        else:
            self._stack[-1].append(value)

    def _count(self, chars: int) -> None:
        self._values += 1
        self._chars += chars
        if self._values > MAX_VALUES or self._chars > MAX_CHARS:
            raise Damaged(Phrase("It is larger than any conversation that can be brought in."))

    def _let_go(self, trouble: Damaged) -> None:
        self._trouble = trouble
        if self._stack and isinstance(self._stack[0], dict):
            name = self._stack[0].get("title") or self._stack[0].get("name")
            trouble.name = trouble.name or (name if isinstance(name, str) else "")
        self._stack.clear()
        self._value = None
