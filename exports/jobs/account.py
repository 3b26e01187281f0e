"""All that one person owns, in one zip: their conversations, and what stands beside them."""

from __future__ import annotations

import zipfile
from typing import Any, BinaryIO

from chat import access
from chat.models import Draft, Template, User
from chat.wire import project_json, template_json, time_json
from exports.content.transcript import GoOn
from exports.jobs.archive import add_all, begun, manifest_of
from exports.models import ExportJob


def write_account(job: ExportJob, out: BinaryIO, go_on: GoOn) -> int:
    """How many of the conversations could not be written."""
    with zipfile.ZipFile(out, "w") as opened:
        archive = begun(job, opened)
        archive.add_json("account.json", _account(job.owner))
        add_all(archive, access.own_sessions(job.owner).order_by("created_at", "id"), go_on)
        archive.add_json("manifest.json", manifest_of(job, archive))
    return archive.failed


def _account(user: User) -> dict[str, Any]:
    """What a person has beside conversations; no secret of theirs."""
    templates = Template.objects.filter(owner=user, deleted_at=None).prefetch_related("members__user")
    projects = access.projects_of(user).prefetch_related("members__user")
    drafts = Draft.objects.filter(owner=user).order_by("pk")
    return {
        "username": user.get_username(),
        "email": user.email,
        "name": user.get_full_name(),
        "joined_at": time_json(user.date_joined),
        "preferences": user.preferences,
        "templates": [template_json(template, user) for template in templates],
        "projects": [project_json(project, user) for project in projects],
        "drafts": [_draft(draft) for draft in drafts],
    }


def _draft(draft: Draft) -> dict[str, Any]:
    key = draft.session_id
    return {
        "session_id": str(key) if key else None,
        "text": draft.text,
        "edited_at": time_json(draft.edited_at),
    }
