"""What a filter says of a conversation, in one table for all that is filtered: the search and the list.

What else a filter can say, of a text or of whoever wrote it, the search's index knows: see `chat.facets`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat.models import Project, Session, SessionTag
from chat.query.parsing import Filter


def fitting(rows: QuerySet[Session], filters: Iterable[Filter]) -> QuerySet[Session]:
    """The conversations of which all these filters are true; of what can only be one thing, any of them."""
    any_of: dict[str, list[Q]] = {}
    for one in filters:
        condition = CONDITIONS[one.key](one)
        if one.is_not:
            rows = rows.exclude(condition)
        elif one.key in SINGLE:
            any_of.setdefault(one.key, []).append(condition)
        else:
            rows = rows.filter(condition)
    for choices in any_of.values():
        rows = rows.filter(reduce(or_, choices))
    return rows


def in_any_case(field: str, word: str, *, lookup: str = "contains") -> Q:
    """`lookup`: contains, startswith or exact. Beyond ASCII, too, where SQLite itself knows no case."""
    if word.isascii():
        return Q(**{f"{field}__i{lookup}": word})
    start, end = {"contains": ("", ""), "startswith": ("^", ""), "exact": ("^", "$")}[lookup]
    return Q(**{f"{field}__iregex": f"{start}{re.escape(word)}{end}"})


def tagged(condition: Q) -> Q:
    """Looks at each conversation's own tags: no index knows parts of names, and all tags are everybody's."""
    return Q(Exists(SessionTag.objects.filter(condition, session=OuterRef("pk"))))


def _has_tag(one: Filter) -> Q:
    """With or without the sign that tags are shown with."""
    spelled = {one.value, one.value.removeprefix("#")} - {""}
    return tagged(reduce(or_, (in_any_case("name", name, lookup="exact") for name in sorted(spelled))))


def _in_project(one: Filter) -> Q:
    named = Q(slug=one.value.lower()) | in_any_case("name", one.value, lookup="exact")
    return Q(project__isnull=False, project__in=Project.objects.live().filter(named).values("pk"))


def _begins(field: str) -> Callable[[Filter], Q]:
    """Of "vendor/model" also the model alone."""

    def begins(one: Filter) -> Q:
        begun = in_any_case(field, one.value, lookup="startswith")
        return begun | in_any_case(field, f"/{one.value}")

    return begins


CONDITIONS: dict[str, Callable[[Filter], Q]] = {
    "tag": _has_tag,
    "project": _in_project,
    "model": _begins("model"),
    "provider": _begins("provider"),
    "is": lambda one: Q(**{f"is_{one.value}": True}),
    "after": lambda one: Q(updated_at__gte=one.moment),
    "before": lambda one: Q(updated_at__lt=one.moment),
}
# Of these a conversation has one.
SINGLE = frozenset({"project", "model", "provider"})
