"""What the exports plug into the workspace: a kind of job, a command, and their part of the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat.background.kinds import Kind
from chat.plugins import hookimpl
from chat.slash.contract import Argument, Command, Invocation, Outcome, Suggestion
from chat.slash.titles import with_query
from exports.formats import FORMATS
from exports.jobs.orders import drop_file, drop_part
from exports.jobs.running import run_export
from exports.models import KEPT, ExportJob


@hookimpl
def job_kinds() -> Iterable[Kind]:
    return [Kind("export", ExportJob, run_export, drop_part, drop_file, keep=KEPT)]


@hookimpl
def api_routers() -> Iterable[tuple[str, str]]:
    return [
        ("/chat/sessions", "exports.api.routes.session_router"),
        ("/chat/export", "exports.api.routes.bulk_router"),
        ("/chat/exports", "exports.api.routes.router"),
        ("/chat/exports", "exports.api.links.router"),
    ]


@hookimpl
def slash_commands() -> Iterable[Command]:
    form = Argument(
        _("format"), _("What kind of file"), key="format", choices=tuple(FORMATS), complete=_formats
    )
    words = _("Save this conversation as a file")
    return [Command("export", words, export, (form,), icon="download")]


def _formats(_asked: Invocation, typed: str) -> list[Suggestion]:
    return [Suggestion(one.name, one.label) for one in FORMATS.values() if one.name.startswith(typed.lower())]


def export(asked: Invocation) -> Outcome:
    chosen: dict[str, Any] = {"format": asked.arguments.get("format", "")}
    return Outcome(dialog=with_query(reverse("export", args=[asked.conversation.pk]), **chosen))
