"""Files that are damaged, foreign, or made to hurt: a clear word, little memory, and the rest comes in.

Proves F1.
"""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from chat.importers import Conversation, Damaged, Reading, UnreadableFile, archive, chatgpt, documents, limits
from tests.chat.importing.exports import (
    archive_of,
    claude,
    gpt,
    gpt_message,
    gpt_talk,
    packed,
    read,
    read_one,
)

GOOD = gpt_talk("Hi", "Hello", key="good")


def refusal(content: Any) -> str:
    """Why nothing of a file can be read."""
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    return str(caught.value.words)


def damage(conversation: Any) -> str:
    """Why a conversation cannot be read; the good ones before and after it can."""
    before, bad, after = read([GOOD, conversation, GOOD])
    assert isinstance(before, Conversation)
    assert isinstance(after, Conversation)
    assert isinstance(bad, Damaged), bad
    return str(bad.words)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_of_unicode_are_read(encoding: str) -> None:
    talk = gpt_talk("Größe 😀 水")
    data = json.dumps([talk], ensure_ascii=False).encode(encoding)
    assert read_one(data).nodes[0].content == "Größe 😀 水"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "ends in the middle"),
        (b"[]", "no export that Parley knows"),
        (b'{"a": 1}', "no export that Parley knows"),
        (b"null", "no export that Parley knows"),
        (b"Dear diary", "no JSON at all"),
        (b"<html><body>", "no JSON at all"),
        (json.dumps([gpt_talk("Größe")], ensure_ascii=False).encode("latin-1"), "not in UTF-8"),
        (b"PK\x03\x04" + b"x" * 40, "zip is damaged"),
        (packed({"conversations.json": [GOOD]})[:-30], "zip is damaged"),
        (packed({"readme.txt": "Hello"}), "no file in it ends in"),
        (packed({"inner.zip": packed({"conversations.json": [GOOD]})}), "another zip in this zip"),
        (packed({"conversations.json": "nothing"}), "no JSON at all"),
    ],
)
def test_what_is_no_export_is_named(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_names_in_a_zip_lead_nowhere(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_one(packed({"../../conversations.json": [GOOD], "/etc/file-x.png": b"x"})).key == "good"
    assert list(tmp_path.iterdir()) == []


def test_a_locked_zip_is_named() -> None:
    data = bytearray(packed({"conversations.json": [GOOD]}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert "password" in refusal(bytes(data))


def test_a_zip_that_would_grow_out_of_proportion_is_refused() -> None:
    data = packed({"conversations.json": b"[" + b" " * 60_000_000 + b"]"})
    assert len(data) < 100_000
    tracemalloc.start()
    assert "far too large" in refusal(data)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_list_of_too_many_files_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 3)
    assert "too many files" in refusal(packed({f"{n}.json": [GOOD] for n in range(4)}))
    data = bytearray(packed({"conversations.json": [GOOD]}))
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<L", data, end + 12, 2**31)
    assert "too many files" in refusal(bytes(data))


def test_a_zip_of_the_large_kind_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as large:
        for number in range(0x10000):
            large.writestr(zipfile.ZipInfo(f"{number}"), b"")
        large.writestr("conversations.json", json.dumps([GOOD]))
    assert read_one(buffer.getvalue()).key == "good"


def test_a_file_that_breaks_off_gives_what_is_before() -> None:
    whole = json.dumps([GOOD, gpt_talk("Two", key="c2")]).encode()
    found: list[Any] = []
    walk = Reading(archive_of(whole[:-40])).conversations()
    found.append(next(walk))
    with pytest.raises(UnreadableFile, match="ends in the middle"):
        next(walk)
    assert [one.key for one in found] == ["good"]


def test_a_text_without_end_is_not_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_TOKEN", 1_000_000)
    data = b'[{"mapping": {}, "title": "' + b"x" * 5_000_000 + b'"}]'
    tracemalloc.start()
    assert "longer than any message" in refusal(data)
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


def test_a_damaged_conversation_does_not_spoil_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    circle = gpt({"a": ("b", gpt_message("user", "A")), "b": ("a", gpt_message("assistant", "B"))})
    assert "in a circle" in damage(circle)
    assert "in a circle" in damage(gpt({"a": ("a", gpt_message("user", "A"))}))
    assert "no conversation" in damage("a string")
    assert "no conversation" in damage(None)
    assert "2,000,001 characters" in damage(gpt_talk("x" * 2_000_001))
    deep: Any = "x"
    for _ in range(limits.MAX_DEPTH + 1):
        deep = [deep]
    assert "nested deeper" in damage({**gpt_talk("Hi"), "extra": deep})
    monkeypatch.setattr(documents, "MAX_NODES", 50)
    assert "more than 50 messages" in damage(gpt_talk(*["Hi"] * 60))
    monkeypatch.setattr(documents, "MAX_VALUES", 500)
    assert "larger than any" in damage({**gpt_talk("Hi"), "extra": [0] * 600})


def test_its_name_is_told_where_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_NODES", 1)
    [found] = read([gpt_talk("One", "Two", title="Too much")])
    assert isinstance(found, Damaged)
    assert found.name == "Too much"


@pytest.mark.parametrize(
    "odd",
    [
        {"mapping": None},
        {"mapping": []},
        {"mapping": {"a": None, "b": 7, "c": "x", "d": []}},
        {"mapping": {"a": {"message": {"author": "me", "content": 3}}}},
        {"mapping": {"a": {"message": {"author": {"role": ["user"]}}}}},
        {"chat_messages": None},
        {"chat_messages": [None, 1, {"sender": {}}, {"sender": "human", "content": {"type": "text"}}]},
        {"chat": {"history": None}},
        {"chat": {"history": {"messages": {"a": None}, "currentId": 7}}},
        {"format": "parley", "session": None, "messages": None},
        {"format": "parley", "session": {"tags": 7, "settings": []}, "messages": [None, {"role": "user"}]},
    ],
)
def test_what_is_not_as_it_should_be_is_no_fault_of_ours(odd: dict[str, Any]) -> None:
    [found] = read([odd])
    assert isinstance(found, Conversation)


def test_what_answers_nothing_begins_the_conversation_and_is_noted() -> None:
    found = read_one([gpt({"a": ("gone", gpt_message("assistant", "As I said"))})])
    assert found.nodes[0].parent is None
    assert "answer something that is not in the file" in str(found.notes[0])


def test_odd_characters_numbers_and_times_are_made_harmless() -> None:
    message = gpt_message("user", "a\x00b\ud800c\r\nd", at=1e300)
    found = read_one(
        [{**gpt({"u": (None, message)}), "create_time": "soon", "title": "x\n\x07y" + "z" * 500}]
    )
    assert found.nodes[0].content in ("ab?c\nd", "ab\ufffdc\nd")
    assert found.nodes[0].created_at is not None
    assert found.name.startswith("x y")
    assert len(found.name) <= 200


def test_a_million_messages_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_NODES", 1_000)

    class Endless(io.RawIOBase):
        """A conversation of a million nodes, made as it is read."""

        def __init__(self) -> None:
            self.pieces = self._pieces()
            self.held = b""

        def _pieces(self) -> Iterator[bytes]:
            node = json.dumps({"message": gpt_message("user", "x" * 200), "parent": "0", "children": []})
            yield b'[{"mapping": {"0": ' + node.encode()
            for number in range(1, 15_000):
                yield f', "{number}": {node}'.encode()
            yield b"}}, " + json.dumps(GOOD).encode() + b"]"

        def read(self, size: int = -1) -> bytes:
            while len(self.held) < size and (piece := next(self.pieces, b"")):
                self.held += piece
            data, self.held = self.held[:size], self.held[size:]
            return data

    events = documents.events_of(Endless())  # type: ignore[arg-type]

    def shrink(key: str | None, raw: Any) -> Any:
        return chatgpt.read_message(key, raw, archive_of(b"[]"))

    tracemalloc.start()
    bad, good = documents.conversations_in(events, chatgpt.MESSAGES, shrink)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(bad, Damaged)
    assert isinstance(good, dict)
    assert peak < 8_000_000


def test_a_turn_without_ids_keeps_its_place() -> None:
    turns = [{"sender": "human", "text": "One"}, {"sender": "assistant", "text": "Two"}]
    assert [node.content for node in read_one([claude(*turns)]).nodes] == ["One", "Two"]


@pytest.mark.parametrize("odd", [b"1e999", b"9" * 40, b"9" * 5000, b"1e" + b"9" * 30, b"NaN", b'"\\u12"'])
def test_a_number_beyond_all_bounds_takes_nothing_down(odd: bytes) -> None:
    talk = json.dumps([gpt_talk("Hi")]).encode()
    assert "no valid JSON" in refusal(talk.replace(b"1700000000.5", odd))


@pytest.mark.parametrize("odd", [b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80", b"\xff"])
def test_bytes_that_are_no_text_take_nothing_down(odd: bytes) -> None:
    talk = json.dumps([gpt_talk("Hi")]).encode()
    assert "not in UTF-8" in refusal(talk.replace(b"Hi", odd))
