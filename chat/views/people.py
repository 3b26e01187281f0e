"""People as one names them in a form, and the dialog of who takes part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget

from chat.errors import BadValue, Refused
from chat.models import User
from chat.text import clean_text
from chat.views.door import PageRequest, refusal


def person_called(username: str, *, suspended: bool = False) -> User:
    """The person of that name; a suspended one only if `suspended`.

    Raises:
        BadValue: there is none.
    """
    found = User.objects.filter(username=clean_text(username)).first()
    if found is None or not (found.is_active or suspended):
        raise BadValue(_("Nobody here is called that."), field="username")
    return found


def answer_people(
    request: PageRequest, folder: str, context: Mapping[str, Any], refused: Refused | None
) -> HttpResponse:
    """Who takes part in something, in its dialog, or without script on a page; or why one cannot."""
    if refused and request.htmx:
        return refusal(request, refused, slot="#member-error")
    page = f"{folder}/_members.html" if request.htmx else f"{folder}/members.html"
    status = refused.status if refused else 200
    answer = render(request, page, {**context, "refused": refused}, status=status)
    return reswap(retarget(answer, "#dialog-body"), "innerHTML") if request.htmx else answer
