"""What a person has beside conversations and files, as JSON; no secret of theirs."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from chat import access
from chat.models import (
    ApiToken,
    ConfiguredProvider,
    Draft,
    Message,
    ModelOverride,
    Template,
    ToolServer,
    User,
)
from chat.services.model_lists import OVERRIDABLE
from chat.wire import money_json, project_json, template_json, template_version_json, time_json
from exports import access as export_access
from exports.jobs.files import export_json
from exports.models import ExportJob


def belongings_of(user: User) -> dict[str, Any]:
    """All of it, by kind."""
    projects = access.projects_of(user).prefetch_related("members__user")
    return {
        "username": user.get_username(),
        "email": user.email,
        "name": user.get_full_name(),
        "joined_at": time_json(user.date_joined),
        "preferences": user.preferences,
        "tokens": [_token(token) for token in user.api_tokens.order_by("created_at", "id")],
        "usage": _usage(user),
        "templates": [_template(template, user) for template in _templates(user)],
        "providers": [_provider(row) for row in _providers(user)],
        "models": [_model(row) for row in ModelOverride.objects.filter(owner=user).order_by("pk")],
        "tool_servers": [_tool_server(row) for row in _tool_servers(user)],
        "projects": [project_json(project, user) for project in projects],
        "drafts": [_draft(draft) for draft in Draft.objects.filter(owner=user).order_by("pk")],
        "imports": [_import(job) for job in access.imports_of(user).values(*_IMPORT)],
        "exports": [_export(job) for job in export_access.exports_of(user)],
    }


def _token(token: ApiToken) -> dict[str, Any]:
    """What the settings page shows of it."""
    return {
        "name": token.name,
        "scope": token.scope,
        "created_at": time_json(token.created_at),
        "expires_at": time_json(token.expires_at) if token.expires_at else None,
        "last_used_at": time_json(token.last_used_at) if token.last_used_at else None,
    }


def _usage(user: User) -> list[dict[str, Any]]:
    """By month and model what replies in one's own conversations took, those included that were deleted."""
    replies = Message.objects.filter(session__owner=user, role=Message.Role.ASSISTANT).exclude(model="")
    groups = replies.annotate(month=TruncMonth("created_at")).values("month", "provider", "model")
    totals = groups.annotate(
        replies=Count("pk"), input=Sum("input_tokens"), output=Sum("output_tokens"), spent=Sum("cost")
    )
    return [
        {
            "month": f"{row['month']:%Y-%m}",
            "provider": row["provider"] or None,
            "model": row["model"],
            "replies": row["replies"],
            "input_tokens": row["input"],
            "output_tokens": row["output"],
            "cost": money_json(row["spent"]),
        }
        for row in totals.order_by("month", "provider", "model")
    ]


def _templates(user: User) -> Any:
    own = Template.objects.filter(owner=user, deleted_at=None).order_by("created_at", "id")
    return own.prefetch_related("members__user", "versions__author")


def _template(template: Template, user: User) -> dict[str, Any]:
    """With all that it said before."""
    versions = sorted(template.versions.all(), key=lambda version: version.number)
    return {
        **template_json(template, user),
        "versions": [template_version_json(version) for version in versions],
    }


def _providers(user: User) -> Any:
    rows = ConfiguredProvider.objects.filter(owner=user).select_related("fallback")
    return rows.order_by("created_at", "id")


def _provider(row: ConfiguredProvider) -> dict[str, Any]:
    """Without what its address and its key hold; of a key of one’s own for the site’s, where that goes."""
    return {
        "name": row.name,
        "kind": row.kind,
        "base_url": row.base_url,
        "key_only": row.is_key_only,
        "models": row.model_names,
        "options": row.options,
        "fallback": row.fallback.name if row.fallback else None,
        "default": row.is_default,
        "created_at": time_json(row.created_at),
    }


def _model(row: ModelOverride) -> dict[str, Any]:
    """What one knows better of a model than its list has it; null: as that has it."""
    return {name: getattr(row, name) for name in ("provider", "model", *OVERRIDABLE)}


def _tool_servers(user: User) -> Any:
    rows = ToolServer.objects.filter(owner=user).prefetch_related("policies")
    return rows.order_by("created_at", "id")


def _tool_server(row: ToolServer) -> dict[str, Any]:
    """As its page shows it: of what goes along the names alone, and masks for what may be a secret."""
    return {
        "name": row.name,
        "transport": row.transport,
        "command": row.command,
        "args": row.args,
        "url": row.url,
        "secrets": sorted(row.secrets),
        "on": row.is_on,
        "default": row.is_default,
        "asking": row.asking,
        "policies": {policy.tool: policy.policy for policy in row.policies.all()},
        "created_at": time_json(row.created_at),
    }


def _draft(draft: Draft) -> dict[str, Any]:
    key = draft.session_id
    return {
        "session_id": str(key) if key else None,
        "text": draft.text,
        "edited_at": time_json(draft.edited_at),
    }


def _export(job: ExportJob) -> dict[str, Any]:
    """Without its link, which opens the file to whoever has it."""
    return {**export_json(job), "link": None}


_IMPORT = ("name", "source", "size", "status", "created_at")


def _import(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "source": told["source"] or None, "created_at": time_json(told["created_at"])}
