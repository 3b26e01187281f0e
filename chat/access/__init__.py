"""The only door to an object for a person. A stranger learns nothing, not even that it is there."""

from __future__ import annotations

from chat.access.belongings import (
    get_attachment,
    get_draft,
    get_import,
    get_own_attachment,
    imports_of,
    unsent_attachments,
)
from chat.access.conversations import (
    GONE,
    get_annotation,
    get_message,
    get_session,
    get_sessions,
    get_summary,
    others_sessions_for,
    own_sessions,
    sessions_for,
    tags_of,
)
from chat.access.embedding import Embedded, Expired, embed_token, open_embedded
from chat.access.granting import locked, reread, still_granted
from chat.access.projects import find_project, get_project, projects_of, writable_projects
from chat.access.providers import (
    find_provider,
    may_have_providers,
    may_set_up_providers,
    provider_owner,
)
from chat.access.standing import (
    MODERATING,
    active_user,
    demand,
    memberships,
    overseen,
    readable,
    role_in,
    role_of,
    still_active,
    still_reading,
)
from chat.access.templates import (
    begun_from,
    get_template,
    get_template_version,
    templates_for,
)
from chat.access.tokens import find_token, get_token, still_valid, tokens_of
from chat.access.tools import get_tool_server, managed_tool_servers, may_own_tools, tool_servers_for
from chat.access.usage import project_names, project_slugs, usage_of, usage_of_all

__all__ = [
    "GONE",
    "MODERATING",
    "Embedded",
    "Expired",
    "active_user",
    "begun_from",
    "demand",
    "embed_token",
    "managed_tool_servers",
    "may_own_tools",
    "memberships",
    "open_embedded",
    "find_project",
    "find_provider",
    "find_token",
    "get_annotation",
    "get_attachment",
    "get_draft",
    "get_import",
    "get_message",
    "get_own_attachment",
    "get_project",
    "get_session",
    "get_sessions",
    "get_summary",
    "get_template",
    "get_template_version",
    "get_token",
    "get_tool_server",
    "imports_of",
    "locked",
    "others_sessions_for",
    "own_sessions",
    "project_names",
    "project_slugs",
    "projects_of",
    "readable",
    "may_have_providers",
    "may_set_up_providers",
    "overseen",
    "provider_owner",
    "reread",
    "role_in",
    "role_of",
    "sessions_for",
    "still_active",
    "still_granted",
    "still_reading",
    "still_valid",
    "tags_of",
    "templates_for",
    "tokens_of",
    "tool_servers_for",
    "unsent_attachments",
    "usage_of",
    "usage_of_all",
    "writable_projects",
]
