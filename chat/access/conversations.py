"""The door to conversations, their messages and notes."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from chat import audit
from chat.access.granting import granted
from chat.access.standing import demand, memberships, readable, role_of
from chat.errors import NotAllowed
from chat.models import Annotation, Message, Project, Role, Session, SessionTag, Summary, Template, User
from chat.models.prepared import Prepared

# What a service raises where something that was found here was removed for good before it had its lock.
GONE = (Session.DoesNotExist, Message.DoesNotExist, Project.DoesNotExist, Template.DoesNotExist)


def sessions_for(user: User) -> QuerySet[Session]:
    """The sessions that this person finds: their own and their projects', none in the trash."""
    return Session.objects.live().filter(readable(user), is_temporary=False)


def others_sessions_for(user: User) -> QuerySet[Session]:
    """Of the sessions that this person finds those that others began."""
    projects = list(memberships(user).values_list("project_id", flat=True))
    if not projects:
        return Session.objects.none()
    found = Session.objects.live().filter(project__in=projects, is_temporary=False)
    return found.exclude(owner_id=user.pk)


def own_sessions(user: User) -> QuerySet[Session]:
    """The person's own sessions, as their list has them: no deleted and no temporary ones."""
    return Session.objects.live().filter(owner_id=user.pk, is_temporary=False)


def get_session(user: User, session_id: UUID, needed: Role, *, deleted: bool = False) -> Session:
    """The session, a temporary one too, and for its owner also a deleted one if `deleted`.

    Not one that is being removed for good: that takes a moment, in which it looks like a temporary one.

    Raises:
        Http404: there is none, or this person is a stranger to it.
        NotAllowed: the person's role is less than `needed`.
    """
    session = _with_project.first(session_id)
    if session is None:
        raise Http404
    return granted(session, partial(_ask, user, needed, deleted=deleted))


_with_project = Prepared(lambda key: Session.objects.select_related("project").filter(pk=key), UUID)


def _ask(user: User, needed: Role, session: Session, *, deleted: bool) -> None:
    role = role_of(user, session)
    is_going = session.is_temporary and session.leaves_at and session.leaves_at <= timezone.now()
    if session.deleted_at is not None and (is_going or not (deleted and role is Role.OWNER)):
        raise Http404
    _admit(user, session, role, needed)


def get_sessions(
    user: User, session_ids: Collection[UUID], needed: Role, *, deleted: bool = False, partly: bool = False
) -> list[Session]:
    """All of these sessions, in the order of their ids; with `partly`, those of which one may have them.

    Raises:
        Http404: one of them is not there for this person.
        NotAllowed: in one of them the person's role is less than `needed`.
    """
    sessions = Session.objects.filter(owner_id=user.pk) if deleted else sessions_for(user)
    found = list(sessions.filter(pk__in=session_ids).select_related("project").order_by("pk"))
    roles: dict[UUID | None, Role] = {member.project_id: member.standing for member in memberships(user)}
    held = [(Role.OWNER if one.owner_id == user.pk else roles.get(one.project_id), one) for one in found]
    if partly:
        held = [(role, one) for role, one in held if role and role.may(needed)]
    elif len(found) != len(set(session_ids)):
        raise Http404
    for role, session in held:
        _admit(user, session, role, needed)
        session.asked_again = partial(_ask, user, needed, deleted=deleted)
    return [session for _role, session in held]


def _admit(user: User, session: Session, role: Role | None, needed: Role) -> None:
    """Raises as `demand`. Who is let into what is another's, and who is not, is in the audit log."""
    try:
        demand(role, needed)
    except (Http404, NotAllowed):
        audit.note_refused(user, session, role, needed)
        raise
    audit.note_opened(user, session, role or needed)


def get_message(user: User, message_id: UUID, needed: Role, *, deleted: bool = False) -> Message:
    """The message with its session, also a deleted one if `deleted`.

    Raises:
        Http404: there is none, or its session is deleted, or this person is a stranger to it.
        NotAllowed: the person's role in its session is less than `needed`.
    """
    message = get_object_or_404(Message.objects.select_related("session__project"), id=message_id)
    granted(message, partial(_ask_message, user, needed, deleted=deleted))
    message.session.asked_again = partial(_ask, user, needed, deleted=False)
    return message


def _ask_message(user: User, needed: Role, message: Message, *, deleted: bool) -> None:
    is_gone = message.deleted_at is not None and not deleted
    if is_gone or message.purged_at is not None or message.session.deleted_at is not None:
        raise Http404
    _admit(user, message.session, role_of(user, message.session), needed)


def get_annotation(user: User, message_id: UUID, annotation_id: UUID, *, deleted: bool = False) -> Annotation:
    """One's own annotation of that message, also a deleted one if `deleted`.

    Raises:
        Http404: there is none, or the message cannot be reached, or somebody else wrote it.
        NotAllowed: the person may not comment there any more.
    """
    message = get_message(user, message_id, Role.COMMENTER)
    annotations = message.annotations.filter(author_id=user.pk)
    if not deleted:
        annotations = annotations.filter(deleted_at=None)
    annotation = get_object_or_404(annotations, id=annotation_id)
    annotation.message = message
    return annotation


def get_summary(user: User, message_id: UUID, needed: Role) -> Summary:
    """The summary that stands for that message and those before it.

    Raises:
        Http404: there is none, or the message cannot be reached.
        NotAllowed: the person's role in its session is less than `needed`.
    """
    message = get_message(user, message_id, needed)
    summaries = Summary.objects.live().filter(session=message.session, purpose=Summary.Purpose.CONTEXT)
    summary = summaries.filter(upto=message.pk).order_by("-created_at").first()
    if summary is None:
        raise Http404
    summary.session = message.session
    return summary


def tags_of(user: User) -> list[str]:
    """The tags on this person's own sessions, in order."""
    names = SessionTag.objects.filter(session__in=own_sessions(user)).values_list("name", flat=True)
    return sorted(names.distinct(), key=str.casefold)
