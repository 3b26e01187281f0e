"""Sessions: made, changed, deleted, brought back; cleared, and the clearing undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import access, audit
from chat.errors import BadValue, Conflict
from chat.generation import jobs
from chat.index import index_title
from chat.log import lock_session, record, reset_note, session_note, tell_lists
from chat.models import Message, Project, Session, SessionTag, TemplateVersion, User
from chat.models.ids import new_id
from chat.services.session_options import Options, merged_options
from chat.services.standing_in import stand_ins
from chat.text import clean_text
from chat.versions import Check, unchecked

# What a change may name, and the field that holds it.
FIELDS = {
    "name": "name",
    "provider": "provider",
    "model": "model",
    "fallbacks": "fallbacks",
    "starred": "is_starred",
    "archived": "is_archived",
    "summarises": "summarises",
}
EMPTY: dict[str, Any] = {
    "name": "",
    "provider": "",
    "model": "",
    "fallbacks": [],
    "starred": False,
    "archived": False,
    "tags": [],
    "settings": {},
    "options": {},
}


def create_session(
    *,
    owner: User,
    name: str = "",
    provider: str = "",
    model: str = "",
    settings: dict[str, Any] | None = None,
    fallbacks: Sequence[Mapping[str, str]] = (),
    options: Options | None = None,
    is_temporary: bool = False,
    project: Project | None = None,
    scope_type: str | None = None,
    scope_id: str | None = None,
    title: str = "",
    template_version: TemplateVersion | None = None,
    tools: Mapping[str, bool] | None = None,
) -> Session:
    """Make an empty session; a name given here counts as typed, and `title` is one that we made."""
    name = clean_text(name).strip()
    with transaction.atomic():
        if project is not None:
            access.reread(project)
        session = Session.objects.create(
            owner=owner,
            name=name or title,
            is_name_typed=bool(name),
            provider=provider,
            model=model,
            settings=settings or {},
            fallbacks=stand_ins(fallbacks),
            options=merged_options({}, options or {}),
            is_temporary=is_temporary,
            project=project,
            scope_type=scope_type,
            scope_id=scope_id,
            template_version=template_version,
            tools=dict(tools or {}),
            updated_at=timezone.now(),
        )
        if session.name:
            index_title(session)
        tell_lists(owner.pk, session.pk)
        if project is not None:
            tell_lists(project.pk, session.pk)
        audit.note(audit.Action.SESSION_MADE, session)
    return session


def update_session(
    *, session: Session, changes: dict[str, Any], check: Check[Session] = unchecked
) -> Session:
    """Change what is named in `changes` (of FIELDS, `project`, `tags`, and `settings` and `options`, merged).

    Raises:
        BadValue: the project of a session that cannot be moved.
        ChangedMeanwhile: by the `check`.
    """
    with transaction.atomic():
        locked = _locked(session, check)
        merged = {**locked.settings, **changes["settings"]} if "settings" in changes else locked.settings
        options = merged_options(locked.options, changes.get("options", {}))
        return _write(locked, {**changes, "settings": merged, "options": options})


def replace_session(
    *, session: Session, values: dict[str, Any], check: Check[Session] = unchecked
) -> Session:
    """Set all that can be set; what `values` does not name becomes empty, but for the project.

    Raises:
        BadValue: the project of a session that cannot be moved.
        ChangedMeanwhile: by the `check`.
    """
    with transaction.atomic():
        options = merged_options({}, values.get("options", {}))
        return _write(_locked(session, check), {**EMPTY, **values, "options": options})


def _locked(session: Session, check: Check[Session]) -> Session:
    locked = lock_session(session)
    check(locked)
    return locked


def _write(session: Session, values: dict[str, Any]) -> Session:
    before = _state(session, values)
    if "name" in values:
        values["name"] = clean_text(values["name"]).strip()
        session.is_name_typed = bool(values["name"])
    for key, field in FIELDS.items():
        if key in values:
            setattr(session, field, values[key] if values[key] is not None else "")
    session.settings, session.options = values["settings"], values["options"]
    session.fallbacks = stand_ins(session.fallbacks)
    if {"name", "provider", "model"} & values.keys():
        index_title(session)
    if "project" in values:
        _move(session, values["project"])
    if "tags" in values:
        _set_tags(session, values["tags"])
    changed = [*FIELDS.values(), "is_name_typed", "settings", "options", "project"]
    record(session, session_note(session), changed=changed)
    _note_changes(session, before, _state(session, values))
    return session


def _state(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields that `values` names say now."""
    state = {key: getattr(session, field) for key, field in FIELDS.items() if key in values}
    tags = {"tags": sorted(session.tags.values_list("name", flat=True))} if "tags" in values else {}
    project = session.project_id and str(session.project_id)
    return {**state, **tags, "settings": session.settings, "options": session.options, "project": project}


def _note_changes(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Which fields say something else now; of what they say only where it was moved."""
    changed = sorted(name for name in after if after[name] != before[name])
    moved: dict[str, Any] = {}
    if "project" in changed:
        moved = {"left": before["project"], "joined": after["project"]}
    if changed:
        audit.note(audit.Action.SESSION_CHANGED, session, fields=changed, **moved)


def _move(session: Session, project: Project | None) -> None:
    if project == session.project:
        return
    if project is not None:
        access.reread(project)
    if session.scope_id is not None:
        words = _("This is the thread of an object in its project, and stays there.")
        raise BadValue(words, field="project")
    if session.is_temporary:
        raise BadValue(
            _("Keep this conversation first. A temporary one belongs to no project."), field="project"
        )
    if session.project_id is not None:
        tell_lists(session.project_id, session.pk)  # where it leaves; where it comes to is told of the change
    session.project = project


def _set_tags(session: Session, names: list[str]) -> None:
    wanted = {clean_text(name).strip() for name in names} - {""}
    session.tags.exclude(name__in=wanted).delete()
    SessionTag.objects.bulk_create(
        [SessionTag(session=session, name=name) for name in wanted], ignore_conflicts=True
    )


def add_tags(*, session: Session, names: list[str]) -> Session:
    """Give a session these tags beside those that it has."""
    with transaction.atomic():
        locked = lock_session(session)
        _set_tags(locked, [*locked.tags.values_list("name", flat=True), *names])
        record(locked, session_note(locked))
        audit.note(audit.Action.SESSION_CHANGED, locked, fields=["tags"])
    return locked


def delete_session(*, session: Session, check: Check[Session] = unchecked) -> Session:
    """Put a session away; a running reply is stopped. It can be brought back whole.

    Raises:
        ChangedMeanwhile: by the `check`.
    """
    with transaction.atomic():
        _locked(session, check)
        jobs.request_stop(session=session, is_all=True)
        locked = lock_session(session)  # a reply that was stopped was told of
        if locked.deleted_at is None:
            locked.deleted_at = timezone.now()
            record(locked, session_note(locked), changed=["deleted_at"])
            audit.note(audit.Action.SESSION_DELETED, locked)
    return locked


def restore_session(*, session: Session) -> Session:
    """Bring a deleted session back.

    Raises:
        Conflict: it is the thread of an object that has another by now.
    """
    try:
        with transaction.atomic():
            locked = lock_session(session)
            if locked.deleted_at is not None:
                locked.deleted_at = None
                record(locked, session_note(locked), changed=["deleted_at"])
                audit.note(audit.Action.SESSION_RESTORED, locked)
    except IntegrityError as error:
        words = _("Another conversation is the thread of this object by now. Delete that one first.")
        raise Conflict(words) from error
    return locked


def clear_session(*, session: Session) -> int:
    """Take all messages on show away, so that they can be brought back together; how many.

    Raises:
        ReplyRunning: a reply runs.
    """
    with transaction.atomic():
        locked = lock_session(session)
        jobs.refuse_while_open(locked)
        shown = Message.objects.live().on_path(locked)
        count = shown.update(deleted_at=timezone.now(), clearing_id=new_id())
        _recount(locked, -count)
        audit.note(audit.Action.SESSION_CLEARED, locked, messages=count)
    return count


def undo_clear(*, session: Session) -> int:
    """Bring back what the last clearing took away; how many messages."""
    with transaction.atomic():
        locked = lock_session(session)
        last = _last_clearing(locked)
        if last is None:
            return 0
        taken = Message.objects.filter(session=locked, clearing_id=last)
        shown = taken.filter(is_active=True).count()
        count = taken.update(deleted_at=None, clearing_id=None)
        _recount(locked, shown)
        audit.note(audit.Action.SESSION_UNCLEARED, locked, messages=count)
    return count


def _last_clearing(session: Session) -> UUID | None:
    cleared = Message.objects.filter(session=session, clearing_id__isnull=False)
    return cleared.order_by("-deleted_at").values_list("clearing_id", flat=True).first()


def _recount(session: Session, change: int) -> None:
    if change:
        session.message_count = max(0, session.message_count + change)
        session.follow_ups = {}
        record(session, session_note(session), reset_note(), changed=["message_count", "follow_ups"])
