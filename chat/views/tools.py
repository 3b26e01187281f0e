"""The pages of servers of tools: those that there are, setting one up, taking one away."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages as notices
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from chat import access, toolbox
from chat.errors import NotAllowed, Refused
from chat.models import ToolServer
from chat.services import tool_imports, tools
from chat.services.rate_limits import count_tool_call
from chat.speaking import spoken
from chat.toolbox.looking import pool
from chat.toolbox.plugged import plugin_tools
from chat.views import tool_forms
from chat.views.door import PageRequest, login_needed, posted_from
from chat.views.panes import answer_pane

EXAMPLE = '{"mcpServers": {"name": {"url": "https://…"}}}'


@dataclass(frozen=True, slots=True)
class Card:
    """A server with how it is: "off", "failed", "connected", "resting" or "new"."""

    server: ToolServer
    state: str
    problem: str

    @property
    def where(self) -> str:
        """What is run, or where it is."""
        row = self.server
        return " ".join([row.command, *row.args]) if row.is_program else row.url


@require_GET
@login_needed
def tools_page(request: PageRequest) -> HttpResponse:
    return answer_list(request)


@require_http_methods(["GET", "POST"])
@login_needed
def new_server(request: PageRequest) -> HttpResponse:
    """`for=all`: an administrator's, for others."""
    is_site = (request.POST or request.GET).get("for") == "all"
    if is_site and not request.user.is_superuser:
        raise NotAllowed(_("Only administrators set up servers for others."))
    if not is_site and not access.may_own_tools(request.user):
        raise NotAllowed(_("Servers of one’s own are switched off here."))
    if request.method == "GET":
        return answer_form(request, None, tool_forms.Shown(), is_site=is_site)
    form = tool_forms.typed(request.POST)
    try:
        count_tool_call(user=request.user)
        server = tools.save_tool_server(
            actor=request.user,
            is_site=is_site,
            values=tool_forms.values_of(form),
            secrets=tool_forms.secrets_of(form),
            groups=groups_of(request, form) if is_site else None,
        )
    except Refused as refused:
        return answer_form(request, None, form, is_site=is_site, refused=refused)
    async_to_sync(toolbox.look)(server)
    return go_to(request, reverse("tool-server", args=[server.pk]))


@require_http_methods(["GET", "POST"])
@login_needed
def edit_server(request: PageRequest, server_id: UUID) -> HttpResponse:
    server = access.get_tool_server(request.user, server_id)
    is_site = server.owner_id is None
    if request.method == "GET":
        return answer_form(request, server, tool_forms.shown(server), is_site=is_site)
    form = tool_forms.typed(request.POST)
    try:
        count_tool_call(user=request.user)
        tools.save_tool_server(
            actor=request.user,
            server=server,
            values=tool_forms.values_of(form),
            secrets=tool_forms.secrets_of(form),
            groups=groups_of(request, form) if is_site else None,
        )
    except Refused as refused:
        server = access.get_tool_server(request.user, server_id)
        return answer_form(request, server, form, is_site=is_site, refused=refused)
    async_to_sync(toolbox.forget)(server)
    if server.is_on and server.tried_at is None:
        async_to_sync(toolbox.look)(server)
    notices.success(request, _("Saved."))
    return go_to(request, reverse("tool-server", args=[server.pk]))


@require_POST
@login_needed
def remove_server(request: PageRequest, server_id: UUID) -> HttpResponse:
    server = access.get_tool_server(request.user, server_id)
    async_to_sync(toolbox.forget)(server)
    tools.remove_tool_server(server=server)
    notices.success(request, _("Removed."))
    return go_to(request, reverse("tools"))


@login_needed
@posted_from("tools")
def import_servers(request: PageRequest) -> HttpResponse:
    """The JSON of a README; what is in it is set up, and looked at when it is first used."""
    text, is_site = request.POST.get("text", ""), request.POST.get("for") == "all"
    try:
        count_tool_call(user=request.user)
        made = tool_imports.import_tool_servers(actor=request.user, text=text, is_site=is_site)
    except Refused as refused:
        return answer_list(request, refused, text)
    if len(made) == 1:
        async_to_sync(toolbox.look)(made[0])
        return go_to(request, reverse("tool-server", args=[made[0].pk]))
    notices.success(request, _("%(count)s servers are set up.") % {"count": len(made)})
    return go_to(request, reverse("tools"))


def go_to(request: PageRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def answer_list(request: PageRequest, refused: Refused | None = None, text: str = "") -> HttpResponse:
    servers = access.managed_tool_servers(request.user)
    cards = [card_of(server) for server in servers]
    context = {
        "refused": refused,
        "text": text,
        "example": EXAMPLE,
        "own": [card for card in cards if card.server.owner_id],
        "site": [card for card in cards if not card.server.owner_id],
        "plugged": [(str(tool.title), tool) for tool in plugin_tools().values()],
        "may_own": access.may_own_tools(request.user),
        "may_run": settings.PARLEY_MCP_STDIO,
    }
    return answer_pane(request, "tools/page.html", "tools/_pane.html", context, title=_("Tools"))


def answer_form(
    request: PageRequest,
    server: ToolServer | None,
    form: tool_forms.Shown,
    *,
    is_site: bool,
    refused: Refused | None = None,
) -> HttpResponse:
    own = [one for one in ToolServer.Transport.choices if one[0] != ToolServer.Transport.STDIO]
    context = {
        "server": server,
        "form": form,
        "is_site": is_site,
        "refused": refused,
        "transports": ToolServer.Transport.choices if is_site and settings.PARLEY_MCP_STDIO else own,
        "askings": ToolServer.Asking.choices,
        "groups": Group.objects.order_by("name") if is_site else [],
    }
    return answer_pane(request, "tools/form.html", "tools/_form_pane.html", context, title=_("Tools"))


def groups_of(request: PageRequest, form: tool_forms.Shown) -> list[Group]:
    keys = [key for key in form.groups if key.isdecimal() and len(key) < 10]
    return list(Group.objects.filter(pk__in=keys))


def card_of(server: ToolServer) -> Card:
    problem = spoken(server.problem_form, server.problem)
    if not server.is_on:
        state = "off"
    elif problem:
        state = "failed"
    elif pool.is_connected(str(server.pk)):
        state = "connected"
    else:
        state = "resting" if server.listed_at else "new"
    return Card(server, state, problem)
