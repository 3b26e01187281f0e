"""The one walk over a conversation that feeds every format, flat in memory at any length.

It decides which messages there are, in which order, and what of each is told; a format decides how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chat.beside import Beside
from chat.errors import BadValue
from chat.models import Message, Session
from chat.snapshot import MessageView
from exports.content.entries import Entry, Teller
from exports.content.order import BATCH, Asides, Row, along_the_path, along_the_tree, views_in
from exports.options import Options

__all__ = ["Entry", "GoOn", "Transcript", "not_told"]

# Of the messages at either end, and of each of them, what stands for the rest.
SAMPLED, SAMPLED_CHARS = 50, 2000
Asked = TypeVar("Asked")
GoOn = Callable[[float], None]
"""Is told which share is done, from 0 to 1, and may raise to end it."""
Role = Message.Role


def not_told(_share: float) -> None:
    """For whoever does not want to know."""


class Transcript:
    """A conversation, and what is to be told of it.

    Raises:
        BadValue: the range that the options name is none of this conversation.
    """

    def __init__(self, session: Session, options: Options, *, most: int | None = None) -> None:
        """`most`: no more than so many messages, the first ones."""
        self.session = session
        self.options = options
        self.most = most
        # The entry that is being told, for whoever has to say where it failed.
        self.at: Entry | None = None
        self._asides = Asides(session) if options.alternatives else None
        self._first = self._end(options.from_message_id, "from_message_id")
        self._last = self._end(options.to_message_id, "to_message_id")
        if self._first and self._last and self._first.depth > self._last.depth:
            words = _("The first message of the range comes after the last one.")
            raise BadValue(words, field="from_message_id")

    @property
    def title(self) -> str:
        return self.session.name or _("New conversation")

    def sample(self) -> str:
        """Words of the title, and of the first and the last messages on show."""
        rows = self.within(Message.objects.live().on_path(self.session)).values_list("content", flat=True)
        ends = (rows.order_by("depth")[:SAMPLED], rows.order_by("-depth")[:SAMPLED])
        return "\n".join([self.title, *(text[:SAMPLED_CHARS] for end in ends for text in end)])

    def count(self) -> int:
        """How many messages are told, also where `most` leaves some out."""
        rows = Message.objects.live().for_people().filter(session=self.session)
        if not self._asides:
            rows = rows.filter(is_active=True)
        left_out = {Role.SYSTEM: not self.options.system, Role.TOOL: not self.options.tools}
        return (
            self.within(rows).exclude(role__in=[role for role, is_out in left_out.items() if is_out]).count()
        )

    def _steps(self) -> int:
        """Messages that the walk comes by, at most."""
        shown = self.within(Message.objects.live().on_path(self.session)).count()
        return shown + (self._asides.count if self._asides else 0)

    def entries(self, go_on: GoOn = not_told) -> Iterator[Entry]:
        """The messages in the order in which they are read.

        Of several versions the one on show comes last, so that what follows it is what it is followed by;
        the others stand before it, each with what followed them.
        """
        whole, teller = max(1, self._steps()), Teller(self.options)
        # By its id the number of each message, or of what it follows where it is not told.
        numbers: dict[UUID | None, int] = {None: 0}
        number = 0
        for done, view in enumerate(self._views(whole)):
            go_on(min(1.0, done / whole))
            message = view.message
            above = numbers.get(message.parent_id, number)
            if not self.tells(message.role, message.visibility):
                numbers[message.pk] = above
                continue
            follows = None if above == number else above
            number += 1
            if self._asides:
                numbers[message.pk] = number
            else:
                numbers = {message.pk: number}
            self.at = teller.entry(view, number, follows)
            yield self.at
            if number == self.most:
                break
        self.at = None
        go_on(1.0)

    def name(self, view: MessageView, number: int) -> None:
        """For a format that reads the rows itself: here it failed."""
        self.at = Teller(self.options).entry(view, number, None)

    def _end(self, key: UUID | None, field: str) -> Message | None:
        if key is None:
            return None
        rows = Message.objects.live().filter(session=self.session, pk=key)
        found = rows.first() if self._asides else rows.filter(is_active=True).first()
        if found is None:
            raise BadValue(_("This message is not in the conversation as it is shown."), field=field)
        return found

    def within(self, rows: QuerySet[Message, Asked]) -> QuerySet[Message, Asked]:
        """What the options ask for by place or by name."""
        if self._first:
            rows = rows.filter(depth__gte=self._first.depth)
        if self._last:
            rows = rows.filter(depth__lte=self._last.depth)
        if keys := self.options.message_ids:
            rows = rows.filter(pk__in=keys)
        return rows

    def _views(self, whole: int) -> Iterator[MessageView]:
        """Of about so many messages."""
        without: set[Beside] = {"edits"}
        if not self._asides:
            without.add("alternatives")
        if not self.options.annotations:
            without.add("margins")
        return views_in(self.session, self.rows(Message.objects.all(), BATCH), without, is_long=whole > BATCH)

    def rows(self, asked: QuerySet[Message, Row], size: int) -> Iterator[list[Row]]:
        """What is `asked` of the messages in their order, of so many at once."""
        rows = self.within(asked.filter(session=self.session, deleted_at=None))
        return along_the_tree(rows, self._asides, size) if self._asides else along_the_path(rows, size)

    def tells(self, role: str, visibility: str) -> bool:
        """Whether messages of this kind are entries."""
        if visibility != Message.Visibility.SHOWN:
            return False
        if role == Role.SYSTEM:
            return self.options.system
        return role != Role.TOOL or self.options.tools
