"""Our tables in Django's admin: to look at, to decide on reports, to set up accounts, providers, limits."""

from __future__ import annotations

from django.contrib import admin

from chat.admin import audit, beside, conversations, people, projects, providers, reports, tools, usage, work
from chat.admin.naming import name_tables

__all__ = [
    "audit",
    "beside",
    "conversations",
    "people",
    "projects",
    "providers",
    "reports",
    "tools",
    "usage",
    "work",
]

name_tables("chat")
admin.site.site_header = "Parley"
admin.site.site_title = "Parley"
