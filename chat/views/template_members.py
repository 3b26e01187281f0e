"""Whom a template is given to, by name."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chat import access, fragments
from chat.errors import Refused
from chat.forms import TemplateMemberForm
from chat.models import TEMPLATE_ROLES, Role, Template
from chat.services import template_members
from chat.views.door import PageRequest, frames, login_needed
from chat.views.people import answer_people, person_called


@require_http_methods(["GET", "POST"])
@login_needed
def list_members(request: PageRequest, template_id: UUID) -> HttpResponse:
    """Who has it; its owner gives it to others, and says with which role."""
    if request.method == "GET":
        return _answer(request, _given(request, template_id))
    template = access.get_template(request.user, template_id, Role.OWNER)
    try:
        username, role = TemplateMemberForm(request.POST).check()
        person = person_called(username)
        template_members.set_template_member(template=template, user=person, role=Role(role))
    except Refused as refused:
        return _answer(request, template, refused, request.POST.get("username", ""))
    return _answer(request, template)


@require_POST
@login_needed
def remove_member(request: PageRequest, template_id: UUID) -> HttpResponse:
    """Its owner takes it from somebody; anybody may leave."""
    username = request.POST.get("username", "")
    is_self = username == request.user.get_username()
    template = (
        _given(request, template_id)
        if is_self
        else access.get_template(request.user, template_id, Role.OWNER)
    )
    try:
        person = person_called(username, suspended=True)
        template_members.remove_template_member(template=template, user=person)
    except Refused as refused:
        return _answer(request, template, refused)
    if not is_self:
        return _answer(request, template)
    url = reverse("templates")
    if not request.htmx:
        return redirect(url)
    words = _("You have no part in “%(name)s” any more.") % {"name": template.name}
    return frames(format_html('<parley-go href="{}"></parley-go>', url), fragments.toast(words))


def _given(request: PageRequest, template_id: UUID) -> Template:
    """A template that this person was given: who has it because everybody has is not told who else has."""
    template = access.get_template(request.user, template_id)
    access.demand(template.role_of(request.user), Role.VIEWER)
    return template


def _answer(
    request: PageRequest, template: Template, refused: Refused | None = None, typed: str = ""
) -> HttpResponse:
    context = {
        "template": template,
        "role": template.role_of(request.user),
        "members": template.members.select_related("user").order_by("user__username"),
        "roles": [(role.value, role.label) for role in TEMPLATE_ROLES],
        "typed": typed,
    }
    return answer_people(request, "templates", context, refused)
