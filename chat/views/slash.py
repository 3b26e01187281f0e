"""Commands: what can be typed, what may follow, and what the page makes of what one did."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages as notices
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from chat import access, fragments
from chat.models import Role, Session, User
from chat.services import drafts
from chat.slash import completion, dispatch
from chat.slash.contract import Outcome
from chat.slash.dispatch import Line
from chat.views.bubbles import bubbles
from chat.views.choices import choices
from chat.views.door import PageRequest, frames, login_needed
from chat.views.session_settings import told_session
from chat.views.sessions import RESET

# A page that got no answer asks again within seconds, and goes on asking while it is open.
ASKED_AGAIN_SECONDS = 24 * 3600


@require_GET
@login_needed
def list_commands(request: PageRequest) -> HttpResponse:
    """The options of the composer's list."""
    found = dispatch.commands_for(_session(request))
    return render(request, "chat/_slash_commands.html", {"commands": found})


@require_GET
@login_needed
def show_help(request: PageRequest) -> HttpResponse:
    template = "chat/_commands.html" if request.htmx else "chat/commands.html"
    return render(request, template, {"commands": dispatch.commands().values()})


@require_GET
@login_needed
def complete(request: PageRequest) -> HttpResponse:
    """What may stand where the person is typing."""
    typed = request.GET.get("text", "")
    found = completion.complete(typed, user=request.user, session=_session(request))
    return render(request, "chat/_slash_values.html", {"completions": found})


def _session(request: PageRequest) -> Session | None:
    key = request.GET.get("session", "")
    try:
        return access.get_session(request.user, UUID(key), Role.EDITOR) if key else None
    except ValueError as error:
        raise Http404 from error


def answer_command(
    request: PageRequest, line: Line, session: Session | None, *, message_id: UUID | None
) -> HttpResponse:
    """Run a command that was typed; what it did as frames, or without script the page where it can be seen.

    Raises:
        Refused: as the command.
    """
    outcome = _run_once(request.user, line, session, message_id)
    if message_id:
        drafts.drop_draft(owner=request.user, message_id=message_id)
    if request.htmx:
        return frames(*_pieces(request, outcome))
    if outcome.words:
        notices.info(request, outcome.words)
    here = reverse("session", args=[session.pk]) if session else reverse("start")
    return redirect(outcome.dialog or outcome.go_to or here)


def _run_once(user: User, line: Line, session: Session | None, message_id: UUID | None) -> Outcome:
    """A page whose answer was lost asks again with the same id: then nothing happens, and nothing is said."""
    ran = f"command:{user.pk}:{message_id or uuid4()}"
    if not cache.add(ran, "", ASKED_AGAIN_SECONDS):
        return Outcome()
    try:
        return dispatch.run(line, user=user, session=session)
    except Exception:
        cache.delete(ran)
        raise


def _pieces(request: PageRequest, outcome: Outcome) -> list[str]:
    pieces: list[str] = [*bubbles(request, *outcome.messages)]
    if outcome.is_reset:
        pieces.append(RESET)
    if outcome.session and not outcome.go_to:
        pieces += [*told_session(request, outcome.session), _model(request.user, outcome.session)]
    if outcome.words:
        pieces.append(fragments.toast(outcome.words, undo_url=outcome.undo_url))
    if outcome.dialog:
        pieces.append(format_html('<parley-dialog href="{}"></parley-dialog>', outcome.dialog))
    if outcome.go_to:
        pieces.append(format_html('<parley-go href="{}"></parley-go>', outcome.go_to))
    return pieces


def _model(user: User, session: Session) -> str:
    """What the composer's choice of models is to stand at."""
    chosen = next((choice.value for choice in choices(user, session) if choice.is_chosen), "")
    return format_html('<parley-model value="{}"></parley-model>', chosen)
