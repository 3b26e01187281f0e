"""Messages put in order: each after the one that it follows, whatever order and state they came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chat.importers.conversation import Damaged, Node
from chat.phrases import Phrase

# Between two messages of which no time is known: enough to keep their order.
STEP = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Tree:
    """`orphans` answered something that is not there, and so begin the conversation anew; of `doubles`,
    which have the id of another, the last is there."""

    nodes: tuple[Node, ...]
    shown: str | None
    orphans: int
    doubles: int


def arranged(found: Iterable[Node], shown: str | None, *, begun_at: datetime | None = None) -> Tree:
    """The messages without those that say nothing, and the last one of the path that is to be on show.

    Raises:
        Damaged: they follow each other in a circle.
    """
    all_found = list(found)
    nodes = {node.key: node for node in all_found}
    order, children = _in_order(nodes)
    _say_thoughts(nodes, order, children)
    kept = _Kept(begun_at or datetime.fromtimestamp(0, UTC))
    for key in order:
        kept.add(nodes[key])
    leaf = kept.stand_ins.get(shown) if shown is not None else None
    orphans = sum(node.parent is not None and node.parent not in nodes for node in nodes.values())
    doubles = len(all_found) - len(nodes)
    return Tree(tuple(kept.nodes.values()), leaf or _newest_line(kept.nodes), orphans, doubles)


Children = dict[str | None, list[str]]


def _in_order(nodes: dict[str, Node]) -> tuple[list[str], Children]:
    """The keys, each after its parent's, siblings as they came."""
    children: Children = {}
    for key, node in nodes.items():
        children.setdefault(node.parent if node.parent in nodes else None, []).append(key)
    order: list[str] = []
    waiting = children.get(None, [])[::-1]
    while waiting:
        key = waiting.pop()
        order.append(key)
        waiting.extend(reversed(children.get(key, [])))
    if len(order) < len(nodes):
        raise Damaged(Phrase("Its messages answer each other in a circle."))
    return order, children


def _say_thoughts(nodes: dict[str, Node], order: list[str], children: Children) -> None:
    """Make a reply of thoughts that no reply follows; else they would be lost."""
    leads_to_reply: dict[str, bool] = {}
    for key in reversed(order):
        node = nodes[key]
        below = any(leads_to_reply[child] for child in children.get(key, []))
        leads_to_reply[key] = node.role == "assistant" or (not node.role and below)
        if node.carries and not leads_to_reply[key]:
            nodes[key] = replace(node, role="assistant", parts=(thought(node.carries),), carries="")


def thought(text: str) -> dict[str, str]:
    """The part that holds what was thought before a reply."""
    return {"type": "reasoning", "state": "complete", "text": text}


class _Kept:
    def __init__(self, begun_at: datetime) -> None:
        self.nodes: dict[str, Node] = {}
        # For each message that was there, the nearest one above that is kept, itself if it is.
        self.stand_ins: dict[str | None, str | None] = {None: None}
        self._times: dict[str | None, datetime] = {None: begun_at}
        self._carried: dict[str | None, str] = {None: ""}

    def add(self, node: Node) -> None:
        above = node.parent if node.parent in self.stand_ins else None
        parent = self.stand_ins[above]
        at = node.created_at or self._times[above] + STEP
        self._times[node.key] = at
        if not node.role:
            self.stand_ins[node.key] = parent
            self._carried[node.key] = "\n\n".join(filter(None, (self._carried[above], node.carries)))
            return
        self.stand_ins[node.key] = node.key
        self._carried[node.key] = ""
        self.nodes[node.key] = replace(
            node,
            parent=parent,
            created_at=at,
            updated_at=node.updated_at or at,
            parts=_with_thoughts(node, self._carried[above]),
        )


def _with_thoughts(node: Node, thoughts: str) -> tuple[Mapping[str, Any], ...]:
    return (thought(thoughts), *node.parts) if thoughts and node.role == "assistant" else node.parts


def _newest_line(nodes: dict[str, Node]) -> str | None:
    """The last message of the way down that takes the newest answer at each step."""
    newest: dict[str | None, str] = {}
    for key, node in nodes.items():
        before = newest.get(node.parent)
        if before is None or _time(nodes[before]) <= _time(node):
            newest[node.parent] = key
    leaf = newest.get(None)
    while leaf is not None and leaf in newest:
        leaf = newest[leaf]
    return leaf


def _time(node: Node) -> datetime:
    assert node.created_at is not None
    return node.created_at


def notes_of(tree: Tree) -> tuple[Phrase, ...]:
    """What was not as it should be, for the report."""
    orphans = Phrase(
        "%(count)s messages answer something that is not in the file; they stand at the beginning.",
        count=tree.orphans,
    )
    doubles = Phrase(
        "%(count)s messages have the same id as another one, and were left out.", count=tree.doubles
    )
    said = ((tree.orphans, orphans), (tree.doubles, doubles))
    return tuple(words for count, words in said if count)
