"""The door to servers of tools: one's own, and those of the site that are for oneself."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404

from chat.models import ToolServer, User
from chat.models.prepared import Prepared


def tool_servers_for(user: User) -> list[ToolServer]:
    """Those whose tools this person may use and that are on, those of the site first, with their owners."""
    return _USABLE[may_own_tools(user), bool(settings.PARLEY_MCP_STDIO)](user.pk)


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


def _usable(user: UUID, *, with_own: bool, with_programs: bool) -> QuerySet[ToolServer]:
    groups = User.groups.through.objects.filter(user=user).values("group")
    shared = Q(owner=None) & (Q(groups=None) | Q(groups__in=groups))
    found = ToolServer.objects.filter(shared | Q(owner=user) if with_own else shared, is_on=True)
    if not with_programs:
        found = found.exclude(transport=ToolServer.Transport.STDIO)
    ordered = found.order_by(F("owner").asc(nulls_first=True), "created_at", "id")
    return ordered.select_related("owner").distinct()


# By what the settings allow: that makes other queries of them.
_USABLE = {
    (own, programs): Prepared(partial(_usable, with_own=own, with_programs=programs), UUID)
    for own in (False, True)
    for programs in (False, True)
}
