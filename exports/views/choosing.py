"""The dialogs in which an export is chosen: of one conversation, with a preview, and of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import access
from chat.errors import Refused
from chat.models import Message, Role, Session
from chat.speaking import translated
from chat.views.door import PageRequest, login_needed, refusal
from exports.formats import FORMATS
from exports.formats.contract import Words
from exports.jobs import orders
from exports.jobs.beyond import IN_JSON
from exports.models import ALL, ExportJob
from exports.options import LEVELS, Options
from exports.views.cards import shown
from exports.views.forms import SWITCHES, ExportForm, ManyExportForm

ICONS = {"markdown": "hash", "json": "braces", "text": "type", "html": "globe", "pdf": "file-text"}
FIRST = next(iter(FORMATS))
ERROR = "#export-error"


@dataclass(frozen=True, slots=True)
class Choice:
    """A format as the dialog offers it; one with an obstacle cannot be chosen."""

    name: str
    label: Words
    hint: Words
    icon: str
    obstacle: str
    is_chosen: bool


@require_http_methods(["GET", "POST"])
@login_needed
def export_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    """The dialog, or with POST the card of the export that was begun."""
    session = access.get_session(request.user, session_id, Role.VIEWER)
    if request.method == "GET":
        return _dialog(request, session)
    form = ExportForm(request.POST)
    try:
        name = form.check()["format"]
        job = orders.start_export(
            owner=request.user, session=session, format_name=name, options=form.options_for(session)
        )
    except Refused as refused:
        if request.htmx:
            return refusal(request, refused, slot=ERROR)
        return _dialog(request, session, refused)
    return _begun(request, job)


@require_GET
@login_needed
def export_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    """The dialog of its conversation, opened at a message."""
    message = access.get_message(request.user, message_id, Role.VIEWER)
    return _dialog(request, message.session, at=message)


@require_GET
@login_needed
def choose_many(request: PageRequest) -> HttpResponse:
    """The dialog for the conversations that are chosen in the list."""
    return render(request, "exports/_many.html", _context(FIRST, {"is_many": True}))


@require_POST
@login_needed
def export_many(request: PageRequest) -> HttpResponse:
    """The card of the export that was begun."""
    form = ManyExportForm(request.POST)
    try:
        values = form.check()
        keys = list(dict.fromkeys(values["session_ids"]))
        found = {one.pk: one for one in access.get_sessions(request.user, keys, Role.VIEWER)}
        job = orders.start_bulk_export(
            owner=request.user,
            sessions=[found[key] for key in keys],
            format_name=values["format"],
            options=Options(**form.chosen()),
        )
    except Refused as refused:
        return refusal(request, refused, slot=ERROR)
    return _begun(request, job)


def _begun(request: PageRequest, job: ExportJob) -> HttpResponse:
    if not request.htmx:
        return redirect("exports")
    return render(request, "exports/_begun.html", {"shown": shown(job), "is_awaited": True})


def _dialog(
    request: PageRequest, session: Session, refused: Refused | None = None, *, at: Message | None = None
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    wanted = asked.get("format", "")
    context = _context(
        wanted if wanted in FORMATS else FIRST,
        {"session": session, "at": at or _named(session, asked.get("at", "")), "refused": refused},
    )
    template = "exports/_dialog.html" if request.htmx else "exports/dialog.html"
    return render(request, template, context, status=refused.status if refused else 200)


def _context(wanted: str, more: dict[str, Any]) -> dict[str, Any]:
    standard = Options()
    chosen = {name for name in SWITCHES if getattr(standard, name)}
    return {
        "choices": choices(wanted),
        "beyond": translated(IN_JSON),
        "levels": LEVELS,
        "chosen": chosen,
        "all": ALL,
        **more,
    }


def choices(wanted: str) -> Sequence[Choice]:
    """The formats in the order in which they are offered."""
    return [
        Choice(
            one.name,
            one.label,
            one.hint,
            ICONS.get(one.name, "file"),
            str(one.obstacle()),
            one.name == wanted,
        )
        for one in FORMATS.values()
    ]


def _named(session: Session, key: str) -> Message | None:
    """The message at which the dialog was opened; none where it is not on show."""
    try:
        return Message.objects.live().on_path(session).filter(pk=UUID(key)).first()
    except ValueError:
        return None
