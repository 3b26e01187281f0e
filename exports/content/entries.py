"""A message as it is told: what formats are given of it, by what a person chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import fragments
from chat.fragments import Tool
from chat.models import Annotation, Attachment, Message
from chat.parts import Part, is_whole, passages
from chat.snapshot import MessageView
from chat.steps import parts_of
from chat.wire import reactions_json
from exports.content.blocks import Block
from exports.content.reading import blocks_of
from exports.options import Options

Role = Message.Role
COMPLETE = Message.Status.COMPLETE.value


@dataclass(frozen=True, slots=True)
class Passage:
    """Some of what was said, as Markdown, and the tools that were called before it."""

    tools: tuple[Tool, ...]
    text: str


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
    # One at least; with the tools that have their places in what was said.
    passages: tuple[Passage, ...]
    # Those that have none.
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
    def htmls(self) -> list[str]:
        """Of each passage, as it is kept, or rendered now."""
        return fragments.htmls_of(self.view)

    @property
    def blocks(self) -> list[tuple[Block, ...]]:
        """Of each passage."""
        return [*map(blocks_of, self.htmls)]

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return self.view.attachments


class Teller:
    """Makes entries of views, in the time zone that was active when this was made."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._zone = timezone.get_current_timezone()

    def entry(self, view: MessageView, number: int, follows: int | None) -> Entry:
        options, message = self._options, view.message
        versions = len(view.alternatives) if options.alternatives else 1
        return Entry(
            number=number,
            view=view,
            speaker=_speaker_of(view),
            written_at=message.created_at.astimezone(self._zone) if options.timestamps else None,
            thoughts=view.reasoning if options.reasoning else "",
            passages=_passages(view, has_tools=options.tools),
            tools=_tools(message.parts) if options.tools and not _is_ordered(message) else (),
            notes=view.annotations,
            reactions=_given(view) if view.reactions else (),
            version=(view.position, versions) if versions > 1 else None,
            follows=follows,
            trouble="" if message.status == COMPLETE else _trouble(message),
        )


def _passages(view: MessageView, *, has_tools: bool) -> tuple[Passage, ...]:
    if not _is_ordered(view.message):
        return (Passage((), view.content),)
    return tuple(
        Passage(_tools(before) if has_tools else (), text) for before, text in passages(parts_of(view))
    )


def _is_ordered(message: Message) -> bool:
    """It is known what stands between its texts."""
    return message.is_running or is_whole(message.parts)


def _tools(parts: Sequence[Part]) -> tuple[Tool, ...]:
    return tuple(fragments.tools_of(parts)) if parts else ()


def _speaker_of(view: MessageView) -> str:
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
    return tuple((given["emoji"], tuple(given["users"])) for given in reactions_json(view.reactions))


def _trouble(message: Message) -> str:
    if message.status == Message.Status.ERROR:
        said = fragments.failure(message)
        return " ".join(filter(None, (said["title"], said["detail"])))
    if message.status == Message.Status.STOPPED:
        return _("Stopped here.")
    if message.status == Message.Status.INTERRUPTED:
        return _("The server stopped here.")
    return _("Still being written.") if message.is_running else ""
