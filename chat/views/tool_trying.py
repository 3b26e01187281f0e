"""One server of tools: how it is, what it has, what may be called without asking; and calling it by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chat import access, fragments, toolbox
from chat.errors import Refused
from chat.models import ToolPolicy, ToolServer
from chat.services import tools
from chat.services.rate_limits import count_tool_call
from chat.toolbox.servers import fingerprint_of, listed_by, offered_of, policy_of
from chat.tools.cleaning import line
from chat.tools.contract import Caller, Listed, Offered
from chat.tools.pool import Look
from chat.views.door import PageRequest, frames, login_needed
from chat.views.panes import answer_pane
from chat.views.tools import card_of, go_to
from chat.views.waiting import Wait, login_needed_then_waits


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a tool is given under a name, as far as its schema says so plainly."""

    name: str
    kind: str
    description: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A tool of the server, what somebody said of it, and what holds where nobody did."""

    tool: Listed
    said: str
    rule: str
    has_changed: bool

    @property
    def label(self) -> str:
        return self.tool.title or self.tool.name

    @property
    def parameters(self) -> list[Parameter]:
        """A schema is a server's, and may be none."""
        properties, required = self.tool.schema.get("properties"), self.tool.schema.get("required")
        names = required if isinstance(required, list) else []
        found = properties.items() if isinstance(properties, dict) else ()
        return [_parameter(name, said, name in names) for name, said in found]

    @property
    def schema(self) -> str:
        return json.dumps(self.tool.schema, indent=2, ensure_ascii=False)


def _parameter(name: str, said: Any, is_required: bool) -> Parameter:  # noqa: FBT001
    said = said if isinstance(said, dict) else {}
    kind = said.get("type")
    kinds = kind if isinstance(kind, list) else [kind] if kind else []
    values = said.get("enum") if isinstance(said.get("enum"), list) else []
    shown = [line(str(one), 40) for one in (values or kinds)[:12]]
    return Parameter(
        line(name), " | ".join(shown), line(str(said.get("description") or ""), 500), is_required
    )


@require_GET
@login_needed
def show_server(request: PageRequest, server_id: UUID) -> HttpResponse:
    return answer_server(request, access.get_tool_server(request.user, server_id))


@require_http_methods(["GET", "POST"])
@login_needed_then_waits
def try_server(request: PageRequest, server_id: UUID) -> HttpResponse | Wait:
    """Connect to it, and list what it has."""
    server = access.get_tool_server(request.user, server_id)
    if request.method == "GET":  # the page of a refused one is loaded again
        return go_to(request, reverse("tool-server", args=[server.pk]))
    try:
        count_tool_call(user=request.user)
    except Refused as refused:
        return answer_server(request, server, refused)

    def looked(look: Look) -> HttpResponse:
        fresh = access.get_tool_server(request.user, server_id)
        if request.htmx:
            return answer_server(request, fresh, has_tried=not look.problem)
        if not look.problem:
            notices.success(request, _("It works."))
        return go_to(request, reverse("tool-server", args=[fresh.pk]))

    return Wait(lambda: toolbox.look(server), looked)


@require_http_methods(["GET", "POST"])
@login_needed
def save_policies(request: PageRequest, server_id: UUID) -> HttpResponse:
    """Of each tool whose select was sent: `policy-N` beside its name in `tool-N`."""
    server = access.get_tool_server(request.user, server_id)
    if request.method == "GET":  # the page of a refused one is loaded again
        return go_to(request, reverse("tool-server", args=[server.pk]))
    names = {key.removeprefix("tool-"): name for key, name in request.POST.items() if key.startswith("tool-")}
    policies = {str(name): request.POST.get(f"policy-{number}", "") for number, name in names.items()}
    try:
        tools.set_tool_policies(server=server, policies=policies)
    except Refused as refused:
        return answer_server(request, server, refused)
    if request.htmx:
        return frames(fragments.toast(_("Saved.")))
    notices.success(request, _("Saved."))
    return go_to(request, reverse("tool-server", args=[server.pk]))


@require_http_methods(["GET", "POST"])
@login_needed_then_waits
def run_tool(request: PageRequest, server_id: UUID) -> HttpResponse | Wait:
    """By hand, with arguments as JSON; what changes things, only when the person says so."""
    server = access.get_tool_server(request.user, server_id)
    name = (request.POST or request.GET).get("tool", "")
    tool = next((one for one in listed_by(server) if one.name == name), None)
    if tool is None:
        return go_to(request, reverse("tool-server", args=[server.pk]))
    context: dict[str, object] = {"server": server, "row": row_of(server, tool, None), "arguments": "{}"}
    if request.method != "POST":
        return _answer_run(request, context)
    arguments = context["arguments"] = request.POST.get("arguments", "")
    try:
        offered = _allowed(request, server, tool)
    except Refused as refused:
        return _answer_run(request, {**context, "refused": refused})
    return Wait(
        lambda: toolbox.call(offered, arguments),
        lambda result: _answer_run(request, {**context, "result": result}),
    )


def _answer_run(request: PageRequest, context: dict[str, object]) -> HttpResponse:
    return answer_pane(request, "tools/run.html", "tools/_run_pane.html", context, title=_("Tools"))


def _allowed(request: PageRequest, server: ToolServer, tool: Listed) -> Offered:
    if not tool.only_reads and "sure" not in request.POST:
        raise Refused(_("This tool may change things. Tick the box if it shall."), field="sure")
    count_tool_call(user=request.user)
    tools.note_call(server=server, tool=tool.name)
    return offered_of(server, tool, ToolPolicy.Policy.ALLOW, Caller(request.user.pk))


def answer_server(
    request: PageRequest, server: ToolServer, refused: Refused | None = None, *, has_tried: bool = False
) -> HttpResponse:
    said = {one.tool: one for one in server.policies.all()}
    context = {
        "card": card_of(server),
        "server": server,
        "rows": [row_of(server, tool, said.get(tool.name)) for tool in listed_by(server)],
        "policies": ToolPolicy.Policy.choices,
        "refused": refused,
        "has_tried": has_tried,
    }
    return answer_pane(request, "tools/server.html", "tools/_server_pane.html", context, title=server.name)


def row_of(server: ToolServer, tool: Listed, said: ToolPolicy | None) -> Row:
    is_other = said is not None and said.policy == "allow" and said.fingerprint != fingerprint_of(tool)
    rule = policy_of(server, tool, None)
    return Row(tool, said.policy if said and not is_other else "", rule, is_other)
