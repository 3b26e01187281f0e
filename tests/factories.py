"""Rows for tests, made plainly: what a test does not name has a sensible value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.utils import timezone

from chat.models import (
    Annotation,
    Attachment,
    Generation,
    ImportJob,
    Message,
    Project,
    ProjectMember,
    Role,
    SentPrompt,
    Session,
    Summary,
    User,
)
from chat.services.tokens import create_token
from exports.models import ExportJob

PASSWORD = "correct horse battery"


def make_user(username: str, **fields: Any) -> User:
    return User.objects.create_user(username=username, password=PASSWORD, **fields)


def make_token(user: User) -> str:
    return create_token(user=user, name="test")


def make_moderator(username: str) -> User:
    """One of the staff who decides on reports."""
    user = make_user(username, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_report"))
    return user


def make_project(owner: User, **fields: Any) -> Project:
    project = Project.objects.create(**{"name": "A project", "slug": "a-project", **fields})
    add_member(project, owner, Role.OWNER)
    return project


def add_member(project: Project, user: User, role: Role) -> User:
    ProjectMember.objects.create(project=project, user=user, role=role)
    return user


def make_session(owner: User, messages: Sequence[str] = (), **fields: Any) -> Session:
    """A session in which `messages` were said in turns, the person first, each answering the one before."""
    session = Session.objects.create(
        owner=owner,
        message_count=len(messages),
        **{"name": "A session", "updated_at": timezone.now(), **fields},
    )
    parent: Message | None = None
    for text in messages:
        parent = add_message(session, parent, text)
    return session


def add_message(session: Session, parent: Message | None, content: str, **fields: Any) -> Message:
    """A message that follows `parent`; a person's and a reply in turns."""
    is_users = parent is None or parent.role == Message.Role.ASSISTANT
    role = Message.Role.USER if is_users else Message.Role.ASSISTANT
    depth = 0 if parent is None else parent.depth + 1
    author = session.owner if is_users else None
    values = {"role": role, "author": author, "depth": depth, **fields}
    return Message.objects.create(session=session, parent=parent, content=content, **values)


def messages_of(session: Session) -> list[Message]:
    """What is on show, from the first on."""
    return list(Message.objects.live().on_path(session).order_by("depth"))


def make_attachment(
    owner: User, *, name: str = "notes.txt", content: bytes = b"Notes", **fields: Any
) -> Attachment:
    values = {"kind": Attachment.Kind.TEXT, "mime_type": "text/plain", **fields}
    file = ContentFile(content, name=name)
    return Attachment.objects.create(owner=owner, name=name, size=len(content), file=file, **values)


def make_import(owner: User, **fields: Any) -> ImportJob:
    """One that waits for its turn."""
    file = ContentFile(b"[]", name="export.json")
    return ImportJob.objects.create(owner=owner, **{"name": "export.json", "size": 2, "file": file, **fields})


def make_export(owner: User, session: Session, **fields: Any) -> ExportJob:
    """One that is complete."""
    job = ExportJob(
        owner=owner,
        scope=ExportJob.Scope.ONE,
        session_ids=[str(session.pk)],
        **{"format": "json", "language": "en", "time_zone": "UTC", "name": "export.json", **fields},
    )
    if not job.has_ended:
        job.status, job.progress, job.ended_at, job.size = "complete", 100, timezone.now(), 2
        job.file.save("export.json", ContentFile(b"{}"), save=False)
    job.save(force_insert=True)
    return job


def make_annotation(message: Message, body: str = "A note", **fields: Any) -> Annotation:
    """A note of the session's owner."""
    values = {"author": message.session.owner, **fields}
    return Annotation.objects.create(message=message, body=body, **values)


def make_summary(upto: Message, text: str = "They greeted.", **fields: Any) -> Summary:
    """One that models read in the place of that message and those before it."""
    values = {"purpose": "context", "tokens": 4, "count": upto.depth + 1, "model": "large", **fields}
    place = {"upto": upto.pk, "upto_depth": upto.depth, "upto_origin": upto.origin or upto.pk}
    return Summary.objects.create(session=upto.session, text=text, **place, **values)


def note_sent(reply: Message, messages: Sequence[Message] = (), **fields: Any) -> SentPrompt:
    """What a model was given for a reply."""
    generation, _ = Generation.objects.get_or_create(
        message=reply, defaults={"session": reply.session, "state": "ended"}
    )
    values = {"provider": "fake", "model": "large", "estimated_tokens": 1234, "sent_at": timezone.now()}
    packed = b"".join(message.pk.bytes for message in messages)
    return SentPrompt.objects.create(generation=generation, packed_ids=packed, **{**values, **fields})
