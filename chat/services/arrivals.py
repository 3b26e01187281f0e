"""One imported conversation: brought in whole or not at all, once, and added to where it has grown since.

What is small is one transaction. What is large comes in pieces, into a session that nobody sees before it
is whole, as a branch does; what a killed process left of it is gone on with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat import access
from chat.generation import jobs
from chat.importers import Conversation, Node
from chat.index import index_title
from chat.log import lock_session, record, reset_note, session_note
from chat.models import ImportedConversation, ImportLine, Message, Project, Session, SessionTag, User
from chat.models.ids import derived_id
from chat.phrases import Phrase
from chat.services import tree
from chat.services.arrival_rows import RowMaker, session_of
from chat.services.growth import LEFT_AFTER, let_others_write
from chat.services.inserting import insert_rows

# Messages and characters that one transaction inserts: some 20 ms.
BATCH = 150
BATCH_CHARS = 400_000
OWN = "parley"
EMPTY = Phrase("There are no messages in it.")
DELETED = Phrase("You deleted it here. Bring it back, and it is there as it was.")
HERE = Phrase("It is here already.")
Outcome = ImportLine.Outcome


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of a conversation. `session` is where it is, if it is here."""

    outcome: ImportLine.Outcome
    name: str
    session: Session | None = None
    messages: int = 0
    notes: tuple[Phrase, ...] = ()


# Writes the arrival down, in the transaction with which it is whole.
Keep = Callable[[Arrival], None]


def bring_in_conversation(*, owner: User, source: str, found: Conversation, keep: Keep) -> Arrival:
    """Bring it in, or what of it is not here yet.

    Where the last message on show is one that came in before, what follows it is shown; else a person
    has gone on here, and what is new stands beside that as another version.

    Raises:
        Session.DoesNotExist: it was removed for good meanwhile.
    """
    if not found.nodes:
        return _kept(Arrival(Outcome.SKIPPED, found.name, notes=(EMPTY,)), keep)
    imported = _imported(owner, source, found)
    session = imported.session
    if session is not None and session.deleted_at is not None and not _is_half(session):
        return _kept(Arrival(Outcome.SKIPPED, session.name, session, notes=(DELETED,)), keep)
    return _Arriving(owner, source, found, imported, keep).bring_in()


def seed_of(imported: ImportedConversation) -> UUID:
    """Of what the ids of its messages are derived. Our own name messages of each other's conversations."""
    return imported.owner_id if imported.source == OWN else imported.pk


def _kept(arrival: Arrival, keep: Keep) -> Arrival:
    with transaction.atomic():
        keep(arrival)
    return arrival


def _imported(owner: User, source: str, found: Conversation) -> ImportedConversation:
    key = found.key or f"first message {found.nodes[0].key}"
    foreign_id = key if len(key) <= 200 else str(derived_id(UUID(int=0), key))
    rows = ImportedConversation.objects.select_related("session")
    imported, _is_new = rows.get_or_create(owner=owner, source=source, foreign_id=foreign_id)
    return imported


def _is_half(session: Session) -> bool:
    """Whether it is still being brought in, or was when its process was killed."""
    return session.is_temporary and session.deleted_at is not None


class _Arriving:
    def __init__(
        self, owner: User, source: str, found: Conversation, imported: ImportedConversation, keep: Keep
    ) -> None:
        self._found = found
        self._imported = imported
        self._keep = keep
        self._project = _project(owner, found.project)
        self._is_new = imported.session is None
        self._is_hidden = imported.session is None or _is_half(imported.session)
        self._session = imported.session or session_of(found, owner=owner, is_exact=source == OWN)
        depths = {} if self._is_new else _depths(self._session)
        self._maker = RowMaker(
            found,
            owner=owner,
            session=self._session,
            seed=seed_of(imported),
            depths=depths,
            shows_path=self._is_hidden,
        )

    def bring_in(self) -> Arrival:
        nodes = self._maker.new
        if not nodes and not self._is_hidden:
            return _kept(
                Arrival(Outcome.SKIPPED, self._session.name, self._session, notes=(HERE,)), self._keep
            )
        pieces = list(_pieces(nodes)) or [()]
        for number, piece in enumerate(pieces, 1):
            since = time.monotonic()
            arrival = self._bring_piece(piece, is_last=number == len(pieces))
            let_others_write(time.monotonic() - since)
        assert arrival is not None
        return arrival

    def _bring_piece(self, nodes: Sequence[Node], *, is_last: bool) -> Arrival | None:
        rows = self._maker.rows_of(nodes)
        try:
            with transaction.atomic():
                self._lock(is_last=is_last)
                rows.insert()
                return self._end() if is_last else None
        except BaseException:
            rows.drop_files()
            raise

    def _lock(self, *, is_last: bool) -> None:
        """Have the session's row for oneself: a new one, or the one that there is."""
        if not self._is_new:
            self._session = lock_session(self._session)
        if self._is_hidden:
            self._session.is_temporary = not is_last
            self._session.deleted_at = None if is_last else timezone.now() + LEFT_AFTER
            # What is temporary is in no project, and what is not whole looks as if it were.
            self._session.project = self._project if is_last else None
        if self._is_new:
            self._insert_session()
        elif self._is_hidden:
            self._session.save(update_fields=["is_temporary", "deleted_at", "project"])

    def _insert_session(self) -> None:
        insert_rows([self._session])
        insert_rows([SessionTag(session=self._session, name=name) for name in self._found.tags])
        self._imported.session = self._session
        self._imported.save(update_fields=["session"])
        self._is_new = False

    def _end(self) -> Arrival:
        if self._is_hidden:
            index_title(self._session)
        else:
            self._show_what_is_new()
        outcome = Outcome.IMPORTED if self._is_hidden else Outcome.UPDATED
        notes = (*self._found.notes, *self._maker.notes())
        arrival = Arrival(outcome, self._session.name, self._session, len(self._maker.new), notes)
        self._keep(arrival)
        return arrival

    def _show_what_is_new(self) -> None:
        session, maker = self._session, self._maker
        last = tree.leaf(session)
        path = {maker.id_of(key) for key in maker.path}
        if self._found.shown and (last is None or last.pk in path) and not jobs.has_open(session):
            shown = Message.objects.get(pk=maker.id_of(self._found.shown))
            if not shown.is_active:
                tree.show_up_to(session, shown)
        new = maker.new
        session.total_tokens += sum((node.input_tokens or 0) + (node.output_tokens or 0) for node in new)
        if self._found.updated_at is not None:
            session.updated_at = min(timezone.now(), max(session.updated_at, self._found.updated_at))
        notes = (session_note(session), reset_note())
        record(session, *notes, changed=["message_count", "total_tokens", "updated_at"])


def _project(owner: User, slug: str | None) -> Project | None:
    """The project of that slug, if one may write there."""
    project = access.projects_of(owner).filter(slug=slug).first() if slug else None
    role = access.role_in(owner, project.pk) if project else None
    return project if role and role.can_write else None


def _depths(session: Session) -> dict[UUID, int]:
    return dict(Message.objects.filter(session=session).values_list("pk", "depth"))


def _pieces(nodes: Sequence[Node]) -> Iterator[Sequence[Node]]:
    start = chars = 0
    for at, node in enumerate(nodes):
        chars += node.weight
        if at - start == BATCH or (chars > BATCH_CHARS and at > start):
            yield nodes[start:at]
            start, chars = at, node.weight
    if start < len(nodes):
        yield nodes[start:]
