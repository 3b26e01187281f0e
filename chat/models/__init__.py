"""The tables: shape, constraints, querysets. They write nothing of themselves and publish nothing."""

from __future__ import annotations

from chat.models.accounts import User
from chat.models.annotations import Annotation
from chat.models.attachments import Attachment
from chat.models.audit import AuditEntry
from chat.models.drafts import Draft
from chat.models.extracts import Extract
from chat.models.extras import Extra
from chat.models.generations import Generation, SentPrompt, WorkerProcess
from chat.models.imports import ImportedConversation, ImportJob, ImportLine
from chat.models.lineups import Lineup
from chat.models.merges import Merge
from chat.models.messages import Chunk, Message, MessageEdit
from chat.models.preferences import Preferences
from chat.models.projects import Project, ProjectMember
from chat.models.providers import ConfiguredProvider, ModelList, ModelOverride
from chat.models.reactions import Reaction
from chat.models.reports import Report
from chat.models.roles import MEMBER_ROLES, TEMPLATE_ROLES, Role
from chat.models.search import SearchEntry
from chat.models.sessions import ReadMark, Session, SessionEvent, SessionTag
from chat.models.summaries import Aside, Summary
from chat.models.templates import TEMPLATE_CONTENT, Template, TemplateMember, TemplateVersion
from chat.models.tokens import ApiToken
from chat.models.tools import ToolPolicy, ToolServer
from chat.models.usage import NO_PROJECT, ModelPrice, Purpose, Quota, UsageDay

__all__ = [
    "MEMBER_ROLES",
    "NO_PROJECT",
    "TEMPLATE_CONTENT",
    "TEMPLATE_ROLES",
    "Annotation",
    "ApiToken",
    "Aside",
    "Attachment",
    "AuditEntry",
    "Chunk",
    "ConfiguredProvider",
    "Draft",
    "Extra",
    "Extract",
    "Generation",
    "ImportJob",
    "ImportLine",
    "ImportedConversation",
    "Lineup",
    "Merge",
    "Message",
    "MessageEdit",
    "ModelList",
    "ModelOverride",
    "ModelPrice",
    "Preferences",
    "Project",
    "ProjectMember",
    "Purpose",
    "Quota",
    "Reaction",
    "ReadMark",
    "Report",
    "Role",
    "SearchEntry",
    "SentPrompt",
    "Session",
    "SessionEvent",
    "SessionTag",
    "Summary",
    "Template",
    "TemplateMember",
    "TemplateVersion",
    "ToolPolicy",
    "ToolServer",
    "UsageDay",
    "User",
    "WorkerProcess",
]
