"""Replies to one question as they stand side by side: which there are, and in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID

from chat.models import Lineup, Message, SentPrompt
from chat.models.ids import any_of
from chat.snapshot import MessageView, views_of


@dataclass(frozen=True)
class Columns:
    """The replies to a question, the first one asked first."""

    question: UUID
    views: tuple[MessageView, ...]

    @property
    def depth(self) -> int:
        return self.views[0].message.depth

    @property
    def session(self) -> UUID:
        return self.views[0].message.session_id

    @property
    def is_running(self) -> bool:
        return any(view.message.is_running for view in self.views)

    @property
    def can_merge(self) -> bool:
        """Of one there is nothing to merge."""
        found = (view.message for view in self.views if view.content)
        whole = [one for one in found if one.status == Message.Status.COMPLETE and not one.merged_from]
        return not self.is_running and len(whole) > 1

    @property
    def on_show(self) -> Message:
        """The one that the conversation goes on from; any of them where that was deleted."""
        shown = (view.message for view in self.views if view.message.is_active)
        return next(shown, self.views[0].message)

    def first_of(self, views: Iterable[MessageView]) -> MessageView | None:
        """Of `views` the first that stands in these columns."""
        return next((view for view in views if view.message.parent_id == self.question), None)

    def there_before(self, views: Sequence[MessageView]) -> list[MessageView]:
        """Those that have ended, while some of `views` are made: a page may still show one of them alone."""
        told = {view.message.pk for view in views}
        is_growing = any(view.message.is_running for view in views if view.message.parent_id == self.question)
        ended = [view for view in self.views if not view.message.is_running]
        return [view for view in ended if is_growing and view.message.pk not in told]


def is_lined_up(message: Message) -> bool:
    """Whether it stands on the page beside others, be it on show or not."""
    return Lineup.objects.filter(question=message.parent_id, settled_at=None).exists()


def unanswered(views: Sequence[MessageView]) -> list[UUID]:
    """Which of `views`, a stretch of what is on show, asks and has no reply there: it may be deleted."""
    pairs = zip_longest((view.message for view in views), (view.message for view in views[1:]))
    return [
        one.pk
        for one, next in pairs
        if one and one.role == Message.Role.USER and (next is None or next.depth > one.depth + 1)
    ]


def columns_among(
    views: Iterable[MessageView], questions: Collection[UUID] = ()
) -> dict[UUID | None, Columns]:
    """The columns that one of `views` is in, or that answer one of `questions`, by their question.

    By a fixed number of queries, and none for what stands alone.
    """
    replies = [view for view in views if view.message.role == Message.Role.ASSISTANT]
    parents = {view.message.parent_id for view in replies if len(view.alternatives) > 1} | {*questions}
    asked = [parent for parent in parents if parent]
    found = Lineup.objects.filter(question__in=any_of(asked), settled_at=None) if asked else ()
    questions = [lineup.question_id for lineup in found]
    if not questions:
        return {}
    rows = Message.objects.live().for_people().filter(parent__in=any_of(questions))
    groups: dict[UUID | None, list[MessageView]] = defaultdict(list)
    for view in views_of(rows.filter(role=Message.Role.ASSISTANT).order_by("created_at", "id")):
        groups[view.message.parent_id].append(view)
    failed = [view.message.parent_id for group in groups.values() for view in group if _has_failed(view)]
    asked_of = asked_by(view.message.pk for key in {*failed} for view in groups[key])
    lined_up = {key: _in_place(group, asked_of) for key, group in groups.items()}
    return {key: Columns(key, group) for key, group in lined_up.items() if key and len(group) > 1}


def asked_by(message_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """The provider and model that those replies were asked of, as far as it was noted.

    A provider may answer by another name, and then the reply has that one: "gpt-4o-2024-08-06" for "gpt-4o".
    """
    keys = [*message_ids]
    if not keys:
        return {}
    rows = SentPrompt.objects.filter(generation__message__in=any_of(keys))
    found = rows.values_list("generation__message", "provider", "model")
    return {key: (provider, model) for key, provider, model in found}


def _in_place(views: list[MessageView], asked_of: Mapping[UUID, tuple[str, str]]) -> tuple[MessageView, ...]:
    """One that failed and was tried again stands no more: the new one has its place."""
    places: dict[object, MessageView] = {}
    for view in views:
        message = view.message
        asked = asked_of.get(message.pk, (message.provider, message.model))
        before = places.get(asked)
        if before is not None and _has_failed(before):
            places[asked] = view
        else:
            places[asked if before is None else message.pk] = view
    return tuple(places.values())


def _has_failed(view: MessageView) -> bool:
    status = view.message.status
    if status == Message.Status.STOPPED:
        return not view.content
    return status in (Message.Status.ERROR, Message.Status.INTERRUPTED)
