"""The one walk over a conversation that feeds every format, flat in memory at any length.

It decides which messages there are, in which order, and what of each is told; a format decides how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat import fragments
from chat.errors import BadValue
from chat.fragments import Tool
from chat.models import Annotation, Attachment, Message, Session
from chat.models.messages import MessageQuerySet
from chat.snapshot import MessageView, views_of
from exports.content.blocks import Block
from exports.content.reading import blocks_of
from exports.options import Options

# Messages whose rows are held at once.
BATCH = 200
# Of the messages at either end, and of each of them, what stands for the rest.
SAMPLED, SAMPLED_CHARS = 50, 2000
GoOn = Callable[[float], None]
"""Is told which share is done, from 0 to 1, and may raise to end it."""
Role = Message.Role


def not_told(_share: float) -> None:
    """For whoever does not want to know."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as it is told. What the options leave out is empty."""

    # From 1.
    number: int
    view: MessageView
    # Who said it: a person's name, a model, or what else it is.
    speaker: str
    # In the reader's time zone; None where it is not to be told.
    written_at: datetime | None
    thoughts: str
    tools: tuple[Tool, ...]
    notes: tuple[Annotation, ...]
    # An emoji, and who gave it.
    reactions: tuple[tuple[str, tuple[str, ...]], ...]
    # Which of how many versions it is, where there are several.
    version: tuple[int, int] | None
    # The number of what it follows, where that is not the entry before it; 0: nothing.
    follows: int | None
    # Why the reply failed, or how it ended before its end.
    trouble: str

    @property
    def message(self) -> Message:
        return self.view.message

    @property
    def anchor(self) -> str:
        """What a link within a document points at."""
        return f"m-{self.message.id.hex}"

    @property
    def text(self) -> str:
        """Markdown, as it was written."""
        return self.view.content

    @property
    def html(self) -> SafeString:
        """As it is kept, or rendered now."""
        return fragments.body(self.view)

    @property
    def blocks(self) -> tuple[Block, ...]:
        return blocks_of(self.html)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return self.view.attachments


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
        self._asides = _Asides(session) if options.alternatives else None
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
        whole = max(1, self._steps())
        # By its id the number of each message, or of what it follows where it is not told.
        numbers: dict[UUID | None, int] = {None: 0}
        number = 0
        for done, view in enumerate(self._views()):
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
            self.at = self._entry(view, number, follows)
            yield self.at
            if number == self.most:
                break
        self.at = None
        go_on(1.0)

    def name(self, view: MessageView, number: int) -> None:
        """For a format that reads the rows itself: here it failed."""
        self.at = self._entry(view, number, None)

    def _end(self, key: UUID | None, field: str) -> Message | None:
        if key is None:
            return None
        rows = Message.objects.live().filter(session=self.session, pk=key)
        found = rows.first() if self._asides else rows.filter(is_active=True).first()
        if found is None:
            raise BadValue(_("This message is not in the conversation as it is shown."), field=field)
        return found

    def within(self, rows: MessageQuerySet) -> MessageQuerySet:
        """What the options ask for by place or by name."""
        if self._first:
            rows = rows.filter(depth__gte=self._first.depth)
        if self._last:
            rows = rows.filter(depth__lte=self._last.depth)
        if keys := self.options.message_ids:
            rows = rows.filter(pk__in=keys)
        return rows

    def _views(self) -> Iterator[MessageView]:
        keys = self.keys()
        while batch := list(islice(keys, BATCH)):
            found = self.within(Message.objects.live().filter(pk__in=batch)).in_bulk()
            yield from views_of([found[key] for key in batch if key in found])

    def keys(self) -> Iterator[UUID]:
        """The ids in order; deleted ones too, since the tree goes through them."""
        path = Message.objects.on_path(self.session).order_by("depth")
        if not self._asides:
            path = self.within(path.live())
        depth, last = -1, None
        while rows := list(path.filter(depth__gt=depth).values_list("pk", "parent_id", "depth")[:BATCH]):
            for key, parent, _depth in rows:
                yield from self._asides.below(parent) if self._asides else ()
                yield key
            last, _parent, depth = rows[-1]
        yield from self._asides.below(last) if self._asides else ()

    def tells(self, role: str, visibility: str) -> bool:
        """Whether messages of this kind are entries."""
        if visibility != Message.Visibility.SHOWN:
            return False
        if role == Role.SYSTEM:
            return self.options.system
        return role != Role.TOOL or self.options.tools

    def _entry(self, view: MessageView, number: int, follows: int | None) -> Entry:
        options, message = self.options, view.message
        if not options.annotations:
            view = replace(view, annotations=(), reactions=())
        if not options.alternatives:
            view = replace(view, alternatives=())
        versions = len(view.alternatives)
        return Entry(
            number=number,
            view=view,
            speaker=speaker_of(view),
            written_at=timezone.localtime(message.created_at) if options.timestamps else None,
            thoughts=view.reasoning if options.reasoning else "",
            tools=tuple(fragments.tools_of(message)) if options.tools else (),
            notes=view.annotations,
            reactions=_given(view),
            version=(view.position, versions) if versions > 1 else None,
            follows=follows,
            trouble=_trouble(message),
        )


class _Asides:
    """What is not on show: for each version of a message, the messages that followed it."""

    def __init__(self, session: Session) -> None:
        rows = Message.objects.filter(session=session, is_active=False)
        self._children: dict[UUID | None, list[UUID]] = {}
        self.count = 0
        keys: Any = rows.order_by("created_at", "id").values_list("pk", "parent_id")
        for key, parent in keys.iterator(2000):
            self._children.setdefault(parent, []).append(key)
            self.count += 1

    def below(self, parent: UUID | None) -> list[UUID]:
        """What follows `parent`, each with all that follows it, in the order of reading."""
        found: list[UUID] = []
        waiting = [*reversed(self._children.get(parent, ()))]
        while waiting:
            key = waiting.pop()
            found.append(key)
            waiting += reversed(self._children.get(key, ()))
        return found


def speaker_of(view: MessageView) -> str:
    """Who said it, as its heading names them."""
    message = view.message
    match message.role:
        case Role.USER:
            return view.author or _("Somebody")
        case Role.ASSISTANT:
            return message.model or _("Assistant")
        case Role.TOOL:
            return _("Tool")
        case _:
            return _("Note")


def _given(view: MessageView) -> tuple[tuple[str, tuple[str, ...]], ...]:
    people: dict[str, list[str]] = {}
    for reaction in view.reactions:
        people.setdefault(reaction.emoji, []).append(reaction.who)
    return tuple((emoji, tuple(names)) for emoji, names in people.items())


def _trouble(message: Message) -> str:
    if message.status == Message.Status.ERROR:
        said = fragments.failure(message)
        return " ".join(filter(None, (said["title"], said["detail"])))
    if message.status == Message.Status.STOPPED:
        return _("Stopped here.")
    if message.status == Message.Status.INTERRUPTED:
        return _("The server stopped here.")
    return _("Still being written.") if message.is_running else ""
