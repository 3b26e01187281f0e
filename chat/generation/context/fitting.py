"""Which turns go: the newest first, as many as there is room for, and none without the one after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chat.generation.context.path import Path, Row
from chat.generation.context.turns import Group, Grouping
from chat.generation.given import Plan


@dataclass
class Fit:
    """Turns that go, newest first: the first is the question, and goes whole whatever it takes."""

    scale: float
    groups: list[Group] = field(default_factory=list)
    # Why there are no more; empty where there are none.
    left_out: str = ""

    @property
    def from_depth(self) -> int:
        return self.groups[-1].depth if self.groups else 0

    @property
    def question(self) -> float:
        """The tokens of what is asked."""
        return self.groups[0].tokens * self.scale

    def within(self, room: float, *, after_depth: int) -> Fit:
        """As many of them as there is room for, from after that depth on."""
        less = Fit(self.scale, left_out=self.left_out)
        for group in self.groups:
            room -= group.tokens * self.scale
            if less.groups and (room < 0 or group.depth <= after_depth):
                break
            less.groups.append(group)
        return less

    def system_groups(self, rows: Sequence[Row], *, most: float) -> list[Group]:
        """Of system messages that lie before, newest first, as many as that has room for."""
        found: list[Group] = []
        for group in Grouping().groups(rows, Plan()):
            most -= group.tokens * self.scale
            if most < 0:
                break
            found.append(group)
        return found


def taken(
    path: Path, stretches: Iterable[list[Row]], plan: Plan, *, room: float, scale: float, is_limited: bool
) -> Fit:
    """Turns of the path until there is room for no more; `is_limited`: the session says how many."""
    fit, grouping, used, count = Fit(scale), Grouping(), 0.0, 0
    for rows in stretches:
        for group in grouping.groups(rows, plan):
            size = group.tokens * scale
            if fit.groups and used + size > room:
                fit.left_out = "large" if size > room - fit.question else "window"
                return fit
            fit.groups.append(group)
            used += size
        count += len(rows)
        path.expect(used=used, count=count, room=room - used)
    if not path.is_whole and fit.groups and path.has_between(-1, fit.from_depth):
        fit.left_out = "setting" if is_limited else "window"
    return fit
