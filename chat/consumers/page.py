"""Events as the page's HTML: closed blocks are appended once, of the open tail only what is new is sent."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from html import escape
from uuid import UUID

from chat import fragments
from chat.events import MARGIN, Event
from chat.lineups import Columns, columns_among
from chat.models import Message, Role, Session, User
from chat.parts import place
from chat.rendering import MarkdownStream, prefix_of, tail_patch
from chat.snapshot import MessageView, views_of
from chat.steps import passages_of
from chat.threads import read


class LiveReply:
    """What one socket has been shown of a running reply.

    `opening` is what stands before the text that grows, `start` where that begins in the reply's content.
    """

    def __init__(self, message_id: UUID, text: str, *, start: int = 0, passage: int = 0) -> None:
        self.message_id = message_id
        self.opening = ""
        self.start = start
        self.length = start
        self.thoughts = 0
        # Which of the message's parts the thoughts on show are.
        self.place = 0
        self.shown_tail = ""
        self.stream = MarkdownStream(prefix=prefix_of(message_id.hex, passage))
        self.feed(text, start)

    def feed(self, text: str, offset: int) -> None:
        """Add what came at `offset`, less what is here already."""
        new = text[self.length - offset :] if offset <= self.length else ""
        if new:
            self.stream.feed(new)
            self.length += len(new)

    def whole(self) -> str:
        """All of it, for a bubble that has nothing yet."""
        self.stream.render(time.monotonic())
        self.shown_tail = ""
        return self._settle(self.opening + self.stream.settled_html) + self._patch(self.stream.tail_html)

    def step(self, cursor: int | None) -> str:
        """What has come since the last step, when the pace allows it; it carries the cursor along."""
        update = self.stream.render(time.monotonic())
        if update is None:
            return ""
        return self._settle(update.settled) + self._patch(update.tail, cursor)

    def close(self, html: str) -> str | None:
        """The rest of the whole `html` for a bubble that keeps what it shows; None if it cannot."""
        settled = self.opening + self.stream.settled_html
        if not html.startswith(settled):
            return None
        return self._settle(html[len(settled) :]) + self._patch("")

    def _settle(self, html: str) -> str:
        return f"<parley-settled{self._differing(html)}></parley-settled>" if html else ""

    def _patch(self, tail: str, cursor: int | None = None) -> str:
        place = "" if cursor is None else f' c="{cursor}"'
        patch = f"<parley-tail{self._differing(tail)}{place}></parley-tail>"
        self.shown_tail = tail
        return patch

    def _differing(self, html: str) -> str:
        """Attributes: how much of the tail on show `html` begins with, and what follows there."""
        keep, suffix = tail_patch(self.shown_tail, html)
        # Only these two need escaping here, and our own HTML quotes with the other kind.
        text = suffix.replace("&", "&amp;").replace("'", "&#39;")
        return f" m={self.message_id} k={keep} h='{text}'"

    def wait(self) -> float:
        """Seconds till the next step may be taken."""
        return max(0.0, self.stream.ready_at - time.monotonic())


class PageScreen:
    """One socket's page: turns events into frames of HTML."""

    def __init__(self, viewer: User, role: Role) -> None:
        self.viewer = viewer
        self.role = role
        self._live: dict[UUID, LiveReply] = {}

    def wait(self) -> float | None:
        """How long to wait for events before something else has to be shown; None: for ever."""
        waits = [reply.wait() for reply in self._live.values() if reply.stream.has_waiting]
        return min(waits) + 0.001 if waits else None

    async def frame(self, events: Iterable[Event]) -> str:
        """One frame for all of `events` together, with what was held back before."""
        events = list(events)
        if any(event.name == "reset" for event in events):
            self._live.clear()
            return f'<parley-reset></parley-reset><parley-cursor c="{events[-1].number}"></parley-cursor>'
        thoughts = {event: thought for event in events if (thought := self._thought(event))}
        # Thoughts first: whoever ends in the same frame is then told whole, with all of them.
        bubbles = await self._bubbles([event for event in events if event not in thoughts])
        parts = [*thoughts.values(), bubbles]
        for event in events:
            if event.kind == "delta" and event.message_id in self._live:
                self._live[event.message_id].feed(event.text, event.offset)
        cursor = events[-1].number if events else None
        steps = "".join([reply.step(cursor) for reply in self._live.values()])
        parts.append(steps)
        if any(event.name == "session" for event in events):
            parts.append(await read(_session_html, events[-1].session_id, self.role))
        if cursor is not None and not steps:
            parts.append(f'<parley-cursor c="{cursor}"></parley-cursor>')
        return "".join(parts)

    def _thought(self, event: Event) -> str:
        """More of what a model thinks, for a bubble that has the beginning."""
        reply = self._live.get(event.message_id) if event.kind == "part" and event.message_id else None
        part = json.loads(event.body)["part"] if reply and reply.thoughts else {}
        if reply is None or part.get("type") != "reasoning" or part.get("index", 0) != reply.place:
            return ""
        new = part["text"][reply.thoughts - part["offset"] :] if part["offset"] <= reply.thoughts else ""
        reply.thoughts += len(new)
        return f'<parley-thought m="{event.message_id}" h="{escape(new)}"></parley-thought>'

    async def _bubbles(self, events: list[Event]) -> str:
        """Whole bubbles of the messages that changed otherwise than by more text."""
        whole = {event.message_id for event in events if event.message_id and self._changes_bubble(event)}
        beside = {event.message_id for event in events if event.message_id and event.kind == MARGIN}
        if not whole | beside:
            return ""
        starts = {event.message_id: event.offset for event in reversed(events) if event.kind == "delta"}
        views, columns = await read(_views, list(whole | beside))
        changed = [view for view in views if view.message.pk in whole]
        pieces: list[str] = [self._margin(view) for view in views if view.message.pk not in whole]
        for view in changed:
            lined_up = columns.get(view.message.parent_id)
            if lined_up and view is lined_up.first_of(changed):
                pieces.append(fragments.lineup(lined_up, viewer=self.viewer, role=self.role, is_bare=True))
                before = lined_up.there_before(changed)
                pieces += [self._html(one, lined_up) for one in before if one.message.pk not in self._live]
            pieces.append(self._bubble(view, starts.get(view.message.pk), lined_up))
        return "".join(pieces)

    def _changes_bubble(self, event: Event) -> bool:
        if event.kind == MARGIN:
            return False
        return event.name == "message" and event.kind != "delta" or event.message_id not in self._live

    def _margin(self, view: MessageView) -> str:
        """What stands beside a message whose text is on the screen already."""
        bar = fragments.reaction_bar(view, viewer=self.viewer, role=self.role)
        return bar + fragments.annotation_list(view, viewer=self.viewer, role=self.role)

    def _bubble(self, view: MessageView, start: int | None, columns: Columns | None) -> str:
        message = view.message
        reply = self._live.pop(message.pk, None)
        if message.deleted_at is not None:
            return f'<parley-gone m="{message.pk}"></parley-gone>'
        if not (message.is_active or columns) or message.visibility != Message.Visibility.SHOWN:
            return ""
        if not message.is_running:
            rest = reply.close(fragments.told_body(view, self._asking(view))) if reply else None
            if rest is None:
                return self._html(view, columns)
            return rest + self._html(view, columns, is_grown=True)
        passages = passages_of(view)
        begin = len(view.content) - len(passages[-1].text)
        if reply is None or reply.start != begin:
            shown = view.content[begin : None if start is None else max(begin, start)]
            reply = LiveReply(message.pk, shown, start=begin, passage=len(passages) - 1)
        reply.opening = fragments.opening(view, self._asking(view))
        self._live[message.pk] = reply
        reply.thoughts = len(view.reasoning)
        reply.place = place(message.parts, len(message.parts))
        return self._html(view, columns, has_body=False) + reply.whole()

    def _asking(self, view: MessageView) -> fragments.Asking:
        return fragments.asking_of(view, self.viewer, self.role)

    def _html(
        self, view: MessageView, columns: Columns | None, *, is_grown: bool = False, has_body: bool = True
    ) -> str:
        return fragments.bubble(
            view,
            viewer=self.viewer,
            role=self.role,
            is_grown=is_grown,
            has_body=has_body,
            columns=columns,
        )


def _views(message_ids: list[UUID]) -> tuple[list[MessageView], dict[UUID | None, Columns]]:
    views = views_of(Message.objects.filter(pk__in=message_ids).order_by("depth"))
    return views, columns_among(views)


def _session_html(session_id: UUID, role: Role) -> str:
    session = Session.objects.get(pk=session_id)
    header = fragments.session_header(session, role=role)
    return header + fragments.follow_ups(session, _questions(session) if role.can_write else ())


def _questions(session: Session) -> list[str]:
    """What could be asked after the message that is the last on show."""
    if not session.follow_ups:
        return []
    rows = Message.objects.live().for_people().on_path(session).order_by("-depth")
    return session.follow_ups_to(rows.values_list("pk", flat=True).first())
