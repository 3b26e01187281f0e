"""The start page: nothing is open yet, and the first message opens something."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseLocation

from chat import access, composer, toolbox
from chat.errors import Refused
from chat.forms import SendForm
from chat.models import Project, Role, User
from chat.slash.dispatch import Line
from chat.text import clean_text
from chat.views.choices import chosen, chosen_several, split
from chat.views.composing import composer_context, typed_in
from chat.views.door import PageRequest, login_needed, refusal
from chat.views.panes import answer_pane
from chat.views.slash import answer_command
from chat.views.templates import LAST_USED

LOCAL = "local"
# Templates on the start page, the last used first.
CARDS = 6


@dataclass(frozen=True, slots=True)
class Starter:
    icon: str
    title: Words
    detail: Words
    prompt: Words


Words = str | Promise

STARTERS = (
    Starter(
        "lightbulb",
        lazy("Explain something"),
        lazy("why the sky is blue, in plain words"),
        lazy("Why is the sky blue? Explain it in plain words."),
    ),
    Starter(
        "pen-line",
        lazy("Write a first draft"),
        lazy("a short thank-you note"),
        lazy("Write a short, warm thank-you note to a colleague who helped me."),
    ),
    Starter(
        "code-xml",
        lazy("Work on code"),
        lazy("a small Python function"),
        lazy("Write a small Python function that checks whether a word is a palindrome."),
    ),
    Starter(
        "list-checks",
        lazy("Make a plan"),
        lazy("a calm and tidy weekend"),
        lazy("Make a simple plan for a calm weekend at home, as a list."),
    ),
)


@require_GET
@gzip_page
@login_needed
def start(request: PageRequest) -> HttpResponse:
    return answer_start(request)


@require_POST
@login_needed
def send_first(request: PageRequest) -> HttpResponse:
    """The first message makes its session."""
    try:
        values = SendForm(request.POST).check()
        provider, model = chosen(request.user, values["model"]) if values["model"] else ("", "")
        models = chosen_several(request.user, values["models"])
        typed = typed_in(values)
        if isinstance(typed, Line):
            return answer_command(request, typed, None, message_id=values["message_id"])
        sent = composer.submit(
            author=request.user,
            session=None,
            draft=typed,
            attachment_ids=values["attachment_ids"],
            provider=provider,
            model=model,
            models=models,
            is_temporary=values["temporary"],
            project=project_named(request, values["project"]),
            tools=_tools(request.user, values["tools"]) if values["tools_asked"] else None,
        )
    except Refused as refused:
        if request.htmx:
            return refusal(request, refused, slot="#composer-error")
        return answer_start(request, draft=clean_text(request.POST.get("content", "")), refused=refused)
    url = reverse("session", args=[sent.user_message.session_id])
    return HttpResponseLocation(url, target="#pane", swap="outerHTML") if request.htmx else redirect(url)


def _tools(user: User, on: set[str]) -> dict[str, bool]:
    return toolbox.said_of(toolbox.switches_of(user, {}), on, {})


def project_named(request: PageRequest, slug: str) -> Project | None:
    """The project that the new conversation is to belong to."""
    return access.get_project(request.user, slug, Role.EDITOR) if slug else None


def answer_start(request: PageRequest, *, draft: str = "", refused: Refused | None = None) -> HttpResponse:
    context = composer_context(request.user, None, typed=draft)
    offered = context["choices"]
    context |= {
        "greeting": greeting(request.user),
        "starters": STARTERS,
        "templates": list(access.templates_for(request.user).order_by(*LAST_USED)[:CARDS]),
        "is_local": bool(offered) and split(offered[0].value)[0] == LOCAL,
        "is_temporary": "temporary" in (request.POST if request.method == "POST" else request.GET),
        "add_url": _add_url(request.user),
        "refused": refused,
    }
    return answer_pane(
        request, "chat/start.html", "chat/_start_pane.html", context, title=_("New conversation")
    )


def _add_url(user: User) -> str:
    """Where this person can add a provider, for all or for themselves; empty where they cannot."""
    if access.may_set_up_providers(user):
        return reverse("new-provider", args=["site"])
    return reverse("new-provider", args=["own"]) if access.may_have_providers(user) else ""


def greeting(user: User) -> str:
    hour = timezone.localtime().hour
    words = (
        _("Good morning") if 5 <= hour < 12 else _("Good afternoon") if 12 <= hour < 18 else _("Good evening")
    )
    name = user.first_name or user.username
    return f"{words}, {name[:1].upper()}{name[1:]}"
