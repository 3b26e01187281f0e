"""What is offered while somebody types a search: the filters, and of each the values that this person has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import access
from chat.models import ProjectMember, User
from chat.query.keys import CHOICES, KEYS
from chat.query.partial import Partial
from chat.words import folded

MOST = 8
# Of whose models and providers the names are offered: the conversations with the latest activity.
LATEST = 500


@dataclass(frozen=True, slots=True)
class Completion:
    """What is put in the partial: the whole text then, and where the cursor stands; and how it is shown."""

    text: str
    place: int
    name: str
    detail: str = ""


def completions(user: User, partial: Partial) -> list[Completion]:
    """The filters whose names begin with what is typed, or the values that hold it."""
    if not partial.key:
        names = [key for key in KEYS if key.startswith(partial.typed.lower())]
        return [_completion(partial, key, "", _about(key)) for key in names]
    typed = folded(partial.typed.removeprefix("#").removeprefix("@")).strip()
    fitting = [
        (value, detail)
        for value, detail in values_of(user, partial.key)
        if typed in folded(value) or typed in folded(detail)
    ]
    fitting.sort(key=lambda one: not folded(one[0]).startswith(typed))
    return [_completion(partial, partial.key, value, detail) for value, detail in fitting[:MOST]]


def _completion(partial: Partial, key: str, value: str, detail: str) -> Completion:
    text, place = partial.filled(key, value)
    return Completion(text, place, value or f"{key}:", detail)


def _about(key: str) -> str:
    """What a filter asks for."""
    return {
        "tag": _("of conversations with this tag"),
        "project": _("in this project"),
        "from": _("written by this person, or by me"),
        "model": _("asked of or answered by this model"),
        "provider": _("asked of or answered by this provider"),
        "before": _("earlier than this day"),
        "after": _("on this day or later"),
        "role": _("said by people, by a model, by the system or by a tool"),
        "is": _("of starred or archived conversations"),
        "has": _("with code, a file, a picture or a link"),
        "in": _("only titles, messages, notes or names of files"),
    }[key]


def values_of(user: User, key: str) -> Iterator[tuple[str, str]]:
    """Values of that filter with what they mean, the likeliest first."""
    if key in CHOICES:
        meaning = _meaning()
        yield from ((value, meaning[key, value]) for value in CHOICES[key])
    else:
        yield from VALUES[key](user)


def _meaning() -> dict[tuple[str, str], str]:
    return {
        ("role", "user"): _("people"),
        ("role", "assistant"): _("models"),
        ("role", "system"): _("the system"),
        ("role", "tool"): _("tools"),
        ("is", "starred"): _("starred conversations"),
        ("is", "archived"): _("archived conversations"),
        ("has", "code"): _("a block of code"),
        ("has", "attachment"): _("a file"),
        ("has", "image"): _("a picture"),
        ("has", "link"): _("a link"),
        ("in", "title"): _("titles of conversations"),
        ("in", "message"): _("messages"),
        ("in", "note"): _("notes on messages"),
        ("in", "file"): _("names of files"),
    }


def _tags(user: User) -> Iterable[tuple[str, str]]:
    return ((name, "") for name in access.tags_of(user))


def _projects(user: User) -> Iterable[tuple[str, str]]:
    return access.projects_of(user).order_by("name").values_list("slug", "name")


def _people(user: User) -> Iterable[tuple[str, str]]:
    yield "me", user.get_username()
    beside = ProjectMember.objects.filter(project__in=access.projects_of(user)).exclude(user=user)
    names = beside.order_by("user__username").values_list("user__username", flat=True).distinct()
    yield from ((name, "") for name in names)


def _named_by_sessions(field: str) -> Callable[[User], Iterable[tuple[str, str]]]:
    def names(user: User) -> Iterable[tuple[str, str]]:
        latest = access.sessions_for(user).order_by("-updated_at").values_list(field, flat=True)
        return ((name, "") for name in dict.fromkeys(latest[:LATEST]) if name)

    return names


def _days(_user: User) -> Iterable[tuple[str, str]]:
    today = timezone.localdate()
    return (
        ("today", ""),
        ("yesterday", ""),
        ("7d", _("7 days ago")),
        ("1m", _("30 days ago")),
        ("1y", _("a year ago")),
        (f"{today:%Y-%m}", _("the beginning of this month")),
        (f"{today:%Y}", _("the beginning of this year")),
    )


VALUES: dict[str, Callable[[User], Iterable[tuple[str, str]]]] = {
    "tag": _tags,
    "project": _projects,
    "from": _people,
    "model": _named_by_sessions("model"),
    "provider": _named_by_sessions("provider"),
    "before": _days,
    "after": _days,
}
