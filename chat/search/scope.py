"""What is searched: what the person may read, less what the filters leave out, as SQL and within the index.

Each hit is checked by its session and message, in the query. Where it can be said in a few words of the
index whose entries these are, the index is asked for those alone: so what is found, and how much, is the
person's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat import facets
from chat.models import Message, SearchEntry, Session, User
from chat.query.conditions import fitting
from chat.query.parsing import Query

# A search by more sessions than this would take longer than one that looks at each hit.
MAX_SESSIONS = 100
KINDS = {"title": "title", "message": "message", "note": "note", "file": "files"}
# Filters about the session's row, which can change at any time.
OF_SESSION = ("tag", "project", "is")


@dataclass(frozen=True)
class Reader:
    """A person, the sessions that they may read, and of these those that are others'."""

    user: User
    sessions: QuerySet[Session]
    others: QuerySet[Session]


@dataclass(frozen=True)
class Clause:
    """Words of the index's scope: each entry has one of them, or none if `is_not`."""

    words: tuple[str, ...]
    is_not: bool = False
    # They may go on.
    is_open: bool = False
    # It is asked of each entry too, so that the index need not be asked.
    is_told_twice: bool = False


@dataclass(frozen=True)
class Scope:
    """`clauses` all hold; `entries` are those that may be found; `is_exact` where the clauses say it all.

    `sessions`: what may be found is in these, where the clauses do not say so.
    """

    clauses: tuple[Clause, ...]
    entries: QuerySet[SearchEntry]
    sessions: QuerySet[Session] | None
    is_exact: bool

    @property
    def is_nothing(self) -> bool:
        """Nothing can be found, whatever is asked for."""
        return any(not clause.words and not clause.is_not for clause in self.clauses)


def scope_of(query: Query, reader: Reader) -> Scope:
    """By a fixed number of queries, none of which reads more than a few sessions."""
    filters = [one for one in query.filters if one.key in OF_SESSION]
    sessions = fitting(reader.sessions, filters)
    few = _few(sessions) if filters else None
    whose, is_exact = _whose(reader, few, is_filtered=bool(filters))
    clauses = [*_facts(query), *_authors(query, reader.user), *whose]
    start = max((one.moment for one in query.filters if one.key == "after" and one.moment), default=None)
    end = min((one.moment for one in query.filters if one.key == "before" and one.moment), default=None)
    if start or end:
        clauses.append(Clause(tuple(facets.range_words(start, end)), is_told_twice=True))
    if not query.terms and all(clause.is_not for clause in clauses):
        # No index can be asked only for what is not.
        clauses.append(Clause(tuple(facets.kind_word(kind) for kind in KINDS.values())))
    within = None if is_exact else sessions
    # The index knows months, not days.
    is_exact = is_exact and not (start or end)
    return Scope(tuple(clauses), _visible(sessions, start, end), within, is_exact)


def _few(sessions: QuerySet[Session]) -> list[UUID] | None:
    """These sessions, if they are few enough to be named."""
    keys = list(sessions.values_list("pk", flat=True)[: MAX_SESSIONS + 1])
    return keys if len(keys) <= MAX_SESSIONS else None


def _whose(reader: Reader, few: list[UUID] | None, *, is_filtered: bool) -> tuple[list[Clause], bool]:
    """Whose entries are to be found, in words of the index, and whether these say it all."""
    if few is not None:
        return [Clause(tuple(map(facets.session_word, few)), is_told_twice=True)], True
    me = reader.user.pk
    if (
        not Session.objects.filter(owner__lt=me).exists()
        and not Session.objects.filter(owner__gt=me).exists()
    ):
        return [], not is_filtered
    others = list(reader.others.values_list("pk", flat=True)[: MAX_SESSIONS + 1])
    is_exact = len(others) <= MAX_SESSIONS
    words = [facets.session_word(key) for key in others] if is_exact else _owners(reader)
    if len(words) > MAX_SESSIONS:
        return [], False
    return [Clause((facets.owner_word(me), *words), is_told_twice=True)], is_exact and not is_filtered


def _owners(reader: Reader) -> list[str]:
    """Whose the others' sessions are: the index is asked for all that is theirs, and each hit is checked."""
    owners = reader.others.order_by("owner").values_list("owner", flat=True).distinct()
    return [facets.owner_word(key) for key in owners[: MAX_SESSIONS + 1]]


def _facts(query: Query) -> Iterator[Clause]:
    """What the index knows of an entry. Of what can only be one thing any will do, of what it holds all."""
    for key, words_of in FACTS.items():
        wanted = query.values(key)
        is_open = key in ("model", "provider")
        if key == "has":
            yield from (Clause(tuple(words_of(value))) for value in wanted)
        elif wanted:
            yield Clause(tuple(word for value in wanted for word in words_of(value)), is_open=is_open)
        for value in query.values(key, is_not=True):
            yield Clause(tuple(words_of(value)), is_not=True, is_open=is_open)


def _authors(query: Query, user: User) -> Iterator[Clause]:
    wanted = query.values("from")
    if wanted:
        yield Clause(tuple(word for name in wanted for word in _author_words(name, user)))
    for name in query.values("from", is_not=True):
        yield Clause(tuple(_author_words(name, user)), is_not=True)


def _author_words(name: str, user: User) -> list[str]:
    if name.lower() == "me":
        return [facets.author_word(user.pk)]
    named = User.objects.filter(username__iexact=name.removeprefix("@"))
    return [facets.author_word(key) for key in named.values_list("pk", flat=True)]


def _visible(
    sessions: QuerySet[Session], start: datetime | None, end: datetime | None
) -> QuerySet[SearchEntry]:
    """The entries that may be found: of these sessions, and of nothing that was deleted or is hidden."""
    shown = Q(message=None) | Q(message__deleted_at=None, message__visibility=Message.Visibility.SHOWN)
    kept = Q(annotation=None) | Q(annotation__deleted_at=None)
    entries = SearchEntry.objects.filter(Exists(sessions.filter(pk=OuterRef("session"))), shown, kept)
    entries = entries.filter(created_at__gte=start) if start else entries
    return entries.filter(created_at__lt=end) if end else entries


FACTS: dict[str, Callable[[str], Sequence[str]]] = {
    "role": lambda value: (facets.role_word(value),),
    "in": lambda value: (facets.kind_word(KINDS[value]),),
    "has": lambda value: (facets.mark_word(value),),
    "provider": lambda value: facets.provider_words(value)[:1],
    "model": lambda value: facets.model_words(value)[:1],
}
