"""One conversation merged into another: chosen, shown beforehand, done, and taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from chat import access, fragments
from chat.errors import Refused
from chat.models import Merge, Role, Session
from chat.prospect import prospect_of
from chat.services.merging import line_for, merge_session, refuse_merge
from chat.services.unmerging import undo_merge
from chat.text import number
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal
from chat.views.kin import Choice, ask_other
from chat.views.sessions import RESET
from chat.views.sidebar import item


@require_http_methods(["GET", "POST"])
@login_needed
def merge(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Without `?source=` one chooses it; with it, what will be done is shown; a POST does it."""
    session = access.get_session(request.user, session_id, Role.EDITOR)
    source = _source(request)
    if source is None:
        words = _("What the other has of its own will follow what is here. The other stays as it is.")
        return ask_other(request, session, Choice(_("Merge from"), words, "merge", "git-merge"))
    if request.method == "GET":
        return _answer_preview(request, session, source)
    try:
        merged = merge_session(session=session, source=source, merged_by=request.user)
    except Refused as refused:
        if request.htmx:
            return refusal(request, refused, slot="#merge-error")
        return _answer_preview(request, session, source, refused)
    return _answer_merged(request, session, merged)


@require_POST
@login_needed
def undo(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Take the merge of `merge`, or the last one, back."""
    session = access.get_session(request.user, session_id, Role.EDITOR)
    last = _named(session, request.POST.get("merge", ""))
    try:
        is_undone = last is not None and undo_merge(session=session, merge=last)
    except Refused as refused:
        if request.htmx:
            return refusal(request, refused, slot="#composer-error")
        notices.error(request, refused.detail)
        return back_to("session", session.id)
    words = _("The merge is undone.") if is_undone else _("That merge was undone before.")
    if not request.htmx:
        notices.info(request, words)
        return back_to("session", session.id)
    session.refresh_from_db()
    return frames(item(request.user, session), RESET, fragments.toast(words))


def _source(request: PageRequest) -> Session | None:
    given = request.POST.get("source") or request.GET.get("source")
    try:
        return access.get_session(request.user, UUID(given), Role.VIEWER) if given else None
    except ValueError as error:
        raise Http404 from error


def _named(session: Session, given: str) -> Merge | None:
    whole = session.merges.filter(is_whole=True)
    try:
        found = whole.filter(pk=UUID(given)) if given else whole.filter(undone_at=None)
    except ValueError as error:
        raise Http404 from error
    return found.order_by("-id").first()


def _answer_preview(
    request: PageRequest, session: Session, source: Session, refused: Refused | None = None
) -> HttpResponse:
    try:
        refuse_merge(session, source)
    except Refused as reason:
        refused = refused or reason
    context = {
        "session": session,
        "source": source,
        "prospect": prospect_of(session, source),
        "line": line_for(source),
        "refused": refused,
    }
    template = "tree/_merge.html" if request.htmx else "tree/merge.html"
    status = refused.status if refused and request.method == "POST" else 200
    return render(request, template, context, status=status)


def _answer_merged(request: PageRequest, session: Session, merged: Merge | None) -> HttpResponse:
    here = reverse("session", args=[session.pk])
    if merged is None:
        words = _("There was nothing to merge: all of it is here already.")
    else:
        here = f"{here}?at={merged.line_id}#m-{merged.line_id}"
        words = ngettext("%(count)s message merged.", "%(count)s messages merged.", merged.count)
        words %= {"count": number(merged.count)}
    if not request.htmx:
        notices.info(request, words)
        return redirect(here)
    undo_url = reverse("undo-merge", args=[session.pk]) if merged else ""
    values = {"merge": str(merged.pk)} if merged else None
    session.refresh_from_db()
    go = format_html('<parley-go href="{}"></parley-go>', here)
    toast = fragments.toast(words, undo_url=undo_url, undo_values=values)
    return frames(item(request.user, session), go, toast)
