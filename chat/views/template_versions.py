"""What a template said before: its versions with their differences, and going back to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import reswap, retarget

from chat import access, fragments
from chat.differences import Piece, cut
from chat.errors import Refused
from chat.models import Role, Template, TemplateVersion
from chat.services import templates
from chat.views.changed import changes_between, unchanged, version_of_row
from chat.views.door import PageRequest, frames, login_needed
from chat.views.panes import answer_pane
from chat.views.template_forms import form_texts, shown

PAGE = 10
# Of one text's differences; the whole is in the API.
MOST_CHARS = 6_000


@dataclass(frozen=True, slots=True)
class Change:
    """What a text of a template is called, and how it differs from what it said before."""

    name: str
    pieces: list[Piece]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A version in the list, with its differences from the one before; of the first, what it said."""

    version: TemplateVersion
    changes: list[Change]
    is_current: bool


@require_GET
@login_needed
def list_versions(request: PageRequest, template_id: UUID) -> HttpResponse:
    """The newest first, those below the number `before`."""
    template = access.get_template(request.user, template_id, Role.EDITOR)
    before = request.GET.get("before", "")
    rows = template.versions.select_related("author").order_by("-number")
    rows = rows.filter(number__lt=int(before)) if before.isdecimal() and len(before) < 10 else rows
    found = list(rows[: PAGE + 1])
    is_more = len(found) > PAGE
    context = {
        "template": template,
        "entries": _entries(template, found),
        "before": found[PAGE - 1].number if is_more else None,
    }
    pane = "templates/_versions_pane.html"
    title = _("Versions of %(name)s") % {"name": template.name}
    return answer_pane(request, "templates/versions.html", pane, context, title=title)


@require_http_methods(["GET", "POST"])
@login_needed
def restore_version(request: PageRequest, template_id: UUID, number: int) -> HttpResponse:
    """Shows what would change, then goes back: with a new version, so that none is lost."""
    version = access.get_template_version(request.user, template_id, number)
    if request.method == "GET":
        return _answer_restore(request, version)
    replaced = version.template.version
    try:
        check = unchanged(request, version_of_row)
        saved = templates.restore_version(version=version, editor=request.user, check=check)
    except Refused as refused:
        current = access.get_template_version(request.user, template_id, number)
        return _answer_restore(request, current, refused)
    url = reverse("template-versions", args=[template_id])
    words = _("It says again what version %(number)s said.") % {"number": number}
    if not request.htmx:
        notices.info(request, words)
        return redirect(url)
    undo = reverse("restore-template-version", args=[template_id, replaced])
    told = fragments.toast(words, undo_url=undo if saved.version != replaced else "")
    return frames(format_html('<parley-go href="{}"></parley-go>', url), told)


def _entries(template: Template, found: Sequence[TemplateVersion]) -> list[Entry]:
    """Each of them but what one more was read for: to be compared with."""
    pairs = list(zip(found, [*found[1:], None], strict=True))[:PAGE]
    return [
        Entry(
            version,
            _changes(before.says, version.says) if before else _said(version.says),
            is_current=version.number == template.version,
        )
        for version, before in pairs
    ]


def _changes(old: Template, new: Template) -> list[Change]:
    between = changes_between(form_texts(shown(old)), form_texts(shown(new)))
    return [Change(name, *cut(pieces, MOST_CHARS)) for name, pieces in between]


def _said(first: Template) -> list[Change]:
    """All that is not as in one that is blank."""
    said, blank = form_texts(shown(first)), form_texts(shown(Template()))
    texts = {name: text for name, text in said.items() if text and text != blank[name]}
    return [Change(name, *cut([Piece("same", text)], MOST_CHARS)) for name, text in texts.items()]


def _answer_restore(
    request: PageRequest, version: TemplateVersion, refused: Refused | None = None
) -> HttpResponse:
    template = version.template
    context = {
        "template": template,
        "version": version,
        "changes": _changes(template, version.says),
        "known": version_of_row(template),
        "refused": refused,
    }
    page = "templates/_restore.html" if request.htmx else "templates/restore.html"
    answer = render(request, page, context, status=refused.status if refused else 200)
    return reswap(retarget(answer, "#dialog-body"), "innerHTML") if request.htmx else answer
