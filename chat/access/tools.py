"""The door to servers of tools: one's own, and those of the site that are for oneself."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404

from chat.models import ToolServer, User


def tool_servers_for(user: User) -> QuerySet[ToolServer]:
    """Those whose tools this person may use and that are on, those of the site first."""
    return _reachable(user).filter(is_on=True).order_by(F("owner").asc(nulls_first=True), "created_at", "id")


def managed_tool_servers(user: User) -> QuerySet[ToolServer]:
    """Those that this person sets up: their own, and an administrator the site's, too."""
    managed = Q(owner=user)
    if user.is_superuser:
        managed |= Q(owner=None)
    return ToolServer.objects.select_related("owner").filter(managed).order_by("created_at", "id")


def get_tool_server(user: User, server_id: UUID) -> ToolServer:
    """One that this person sets up.

    Raises:
        Http404: there is none, or it is another's.
    """
    return get_object_or_404(managed_tool_servers(user), id=server_id)


def may_own_tools(user: User) -> bool:
    """Whether this person may set up servers for themself."""
    return bool(settings.PARLEY_OWN_TOOLS)


def _reachable(user: User) -> QuerySet[ToolServer]:
    shared = Q(owner=None) & (Q(groups=None) | Q(groups__in=user.groups.values("pk")))
    own = Q(owner=user) if may_own_tools(user) else Q()
    found = ToolServer.objects.filter(shared | own if own else shared)
    if not settings.PARLEY_MCP_STDIO:
        found = found.exclude(transport=ToolServer.Transport.STDIO)
    return found.distinct()
