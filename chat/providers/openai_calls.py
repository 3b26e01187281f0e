"""Calls of tools in the OpenAI protocol, put together from the pieces that a stream has of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from chat.providers.contract import ToolCall
from chat.providers.reading import part, words

MAX_CALLS = 128
MAX_ARGUMENTS = 1 << 20


class TooManyCalls(Exception):
    """More than any model asks for at once would be held in memory until there is none left."""


@dataclass(slots=True)
class Building:
    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list)


class Calls:
    def __init__(self) -> None:
        self._calls: list[Building] = []
        self._by_index: dict[int, Building] = {}
        self._length = 0

    def add(self, piece: object) -> None:
        """Raises TooManyCalls."""
        if not isinstance(piece, dict):
            return
        function, key = part(piece, "function"), words(piece.get("id"))
        building = self._building(piece.get("index"), key)
        building.id = building.id or key
        # Some servers send the name again with every piece.
        building.name = building.name or words(function.get("name"))
        arguments = function.get("arguments")
        # Some send the arguments as an object.
        text = json.dumps(arguments) if isinstance(arguments, dict) else words(arguments)
        building.pieces.append(text)
        self._length += len(text)
        if self._length > MAX_ARGUMENTS:
            raise TooManyCalls

    def whole(self) -> Iterator[ToolCall]:
        """In the order in which they began. An id that never came is made up; what has no name is no call."""
        for building in self._calls:
            if building.name:
                yield ToolCall(building.id or new_id(), building.name, "".join(building.pieces) or "{}")

    def _building(self, index: object, key: str) -> Building:
        """By index; a server that counts all of them 0, or none, tells a new one by its id."""
        if isinstance(index, int):
            found = self._by_index.get(index)
        else:
            found = self._calls[-1] if self._calls else None
        if found is None or (key and found.id and key != found.id):
            found = self._begin()
        if isinstance(index, int):
            self._by_index[index] = found
        return found

    def _begin(self) -> Building:
        if len(self._calls) >= MAX_CALLS:
            raise TooManyCalls
        self._calls.append(Building())
        return self._calls[-1]


def new_id() -> str:
    return f"call_{uuid.uuid4().hex[:24]}"
