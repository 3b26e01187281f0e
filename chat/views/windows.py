"""Where in a conversation its page opens, and the pages that come in at either end as one scrolls."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from chat import access, fragments, window
from chat.generation import jobs
from chat.lineups import columns_among, is_lined_up, unanswered
from chat.models import Message, Role, Session, User
from chat.snapshot import MessageView, Page, views_of
from chat.views.door import PageRequest, login_needed, role_here

ZERO_ID = UUID(int=0)


@dataclass(frozen=True)
class Opened:
    """A page of messages, and what became of the message that was asked for by `?at=`."""

    page: Page
    at: UUID | None = None
    # It is in another version of the conversation, or deleted: shown apart from the others.
    apart: MessageView | None = None
    is_lost: bool = False

    @property
    def apart_html(self) -> SafeString:
        return fragments.bubble(self.apart) if self.apart else SafeString()

    @property
    def is_running(self) -> bool:
        """Whether a reply runs, also one below what is shown."""
        if any(view.message.is_running for view in self.page.messages):
            return True
        return self.page.newer is not None and jobs.has_open(self.page.session)


@require_GET
@gzip_page
@login_needed
def older_messages(request: PageRequest, session_id: UUID) -> HttpResponse:
    """The page above the one on the screen, and the way to the next one above it."""
    return _answer_more(request, session_id, "chat/_older_messages.html")


@require_GET
@gzip_page
@login_needed
def newer_messages(request: PageRequest, session_id: UUID) -> HttpResponse:
    """The page below the one on the screen, and the way to the next one below it."""
    return _answer_more(request, session_id, "chat/_newer_messages.html")


def _answer_more(request: PageRequest, session_id: UUID, template: str) -> HttpResponse:
    session = access.get_session(request.user, session_id, Role.MODERATOR)
    page = open_window(request, session).page
    return render(request, template, _listed(page, request.user, role_here(request, session)))


def message_list(page: Page, *, viewer: User, role: Role) -> SafeString:
    """A page of messages, with the ways to what is above and below it."""
    return render_to_string("chat/_messages.html", _listed(page, viewer, role))


def open_window(request: PageRequest, session: Session) -> Opened:
    """The newest messages, or where `before`, `after`, `at` (ids of messages) or `near` (a depth) lead."""
    asked = request.GET
    if name := asked.get("before"):
        return Opened(window.before(session, named_message(request, session, name).depth))
    if name := asked.get("after"):
        return Opened(window.after(session, named_message(request, session, name).depth))
    if name := asked.get("at"):
        return _open_at(request, session, name)
    near = asked.get("near", "")
    if near.isascii() and near.isdecimal() and len(near) < 10:
        return Opened(window.around(session, int(near)))
    return Opened(window.newest(session))


def _open_at(request: PageRequest, session: Session, name: str) -> Opened:
    """Around that message. One that is not on show has its place by its depth all the same: no walk."""
    try:
        message = named_message(request, session, name)
    except Http404:
        return Opened(window.newest(session), is_lost=True)
    page = window.around(session, message.depth)
    if message.deleted_at is None and (message.is_active or is_lined_up(message)):
        return Opened(page, at=message.pk)
    return Opened(page, at=message.pk, apart=views_of([message])[0])


def named_message(request: PageRequest, session: Session, name: str) -> Message:
    """The message of this session with that id; it may have been deleted since the page was loaded."""
    try:
        message = access.get_message(request.user, UUID(name), Role.MODERATOR, deleted=True)
    except ValueError as error:
        raise Http404 from error
    if message.session_id != session.id:
        raise Http404
    return message


def _listed(page: Page, viewer: User, role: Role) -> dict[str, object]:
    bare = unanswered(page.messages)
    columns = columns_among(page.messages, bare)
    bubbles = []
    for view in page.messages:
        if lined_up := columns.get(view.message.parent_id):
            bubbles.append(fragments.lineup(lined_up, viewer=viewer, role=role))
        else:
            bubbles.append(fragments.bubble(view, viewer=viewer, role=role))
        # The reply on show was deleted, and those beside it were not.
        if view.message.pk in bare and (lined_up := columns.get(view.message.pk)):
            bubbles.append(fragments.lineup(lined_up, viewer=viewer, role=role))
    return {"page": page, "session": page.session, "bubbles": bubbles, "zero_id": ZERO_ID}
