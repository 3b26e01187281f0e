"""The only door to an object for a person. A stranger learns nothing, not even that it is there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from chat.models import Annotation, ApiToken, Attachment, Draft, Message, Session, SessionTag, Template, User

Person = User | AnonymousUser | Any
# What a service raises where something that was found here was removed for good before it had its lock.
GONE = (Session.DoesNotExist, Message.DoesNotExist)


def sessions_for(user: Person) -> QuerySet[Session]:
    """The sessions that this person finds in lists and searches: no deleted and no temporary ones."""
    return own_sessions(user).filter(is_temporary=False)


def own_sessions(user: Person) -> QuerySet[Session]:
    """The sessions that this person may open: temporary ones too, no deleted ones."""
    return Session.objects.live().filter(owner_id=user.pk)


def get_session(user: Person, session_id: UUID, *, deleted: bool = False) -> Session:
    """The session, a temporary one too, and also a deleted one if `deleted`.

    Raises:
        Http404: there is none, or it is not this person's.
    """
    sessions = Session.objects.all() if deleted else Session.objects.live()
    sessions = sessions.filter(owner_id=user.pk)
    return get_object_or_404(sessions, id=session_id)


def get_sessions(user: Person, session_ids: Collection[UUID], *, deleted: bool = False) -> list[Session]:
    """All of these sessions, in the order of their ids.

    Raises:
        Http404: one of them is not there, or not this person's.
    """
    sessions = Session.objects.filter(owner_id=user.pk) if deleted else sessions_for(user)
    found = list(sessions.filter(pk__in=session_ids).order_by("pk"))
    if len(found) != len(set(session_ids)):
        raise Http404
    return found


def get_message(user: Person, message_id: UUID, *, deleted: bool = False) -> Message:
    """The message with its session, also a deleted one if `deleted`.

    Raises:
        Http404: there is none, or its session is deleted or not this person's.
    """
    messages = Message.objects.select_related("session").filter(
        session__owner_id=user.pk, session__deleted_at=None
    )
    if not deleted:
        messages = messages.live()
    return get_object_or_404(messages, id=message_id)


def get_annotation(
    user: Person, message_id: UUID, annotation_id: UUID, *, deleted: bool = False
) -> Annotation:
    """One's own annotation of that message, also a deleted one if `deleted`.

    Raises:
        Http404: there is none, or the message cannot be reached, or somebody else wrote it.
    """
    message = get_message(user, message_id)
    annotations = message.annotations.filter(author_id=user.pk)
    if not deleted:
        annotations = annotations.filter(deleted_at=None)
    annotation = get_object_or_404(annotations, id=annotation_id)
    annotation.message = message
    return annotation


def still_active(user_ids: Collection[UUID]) -> set[UUID]:
    """Of these people those who are not suspended."""
    return set(User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", flat=True))


def still_reading(pairs: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Of pairs (user, session) those that may still be read: the user is active, the session is there."""
    users = still_active({user for user, _ in pairs})
    wanted = Session.objects.live().filter(pk__in={session for _, session in pairs})
    owners = dict(wanted.values_list("pk", "owner_id"))
    return {(user, session) for user, session in pairs if user in users and owners.get(session) == user}


def tags_of(user: Person) -> list[str]:
    """The tags that this person has given, in order."""
    names = SessionTag.objects.filter(session__in=sessions_for(user)).values_list("name", flat=True)
    return sorted(names.distinct(), key=str.casefold)


def get_attachment(user: Person, attachment_id: UUID) -> Attachment:
    """An attachment of one's own, or of a message that one may read.

    Raises:
        Http404: there is none, or it is neither.
    """
    own = Q(owner_id=user.pk)
    readable = Q(message__session__owner_id=user.pk, message__session__deleted_at=None)
    return get_object_or_404(Attachment.objects.filter(own | readable).distinct(), id=attachment_id)


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The person's own tokens, the newest first."""
    return ApiToken.objects.filter(user_id=user.pk).order_by("-created_at", "-id")


def get_token(user: User, token_id: UUID) -> ApiToken:
    """A token of one's own.

    Raises:
        Http404: there is none, or it is another's.
    """
    return get_object_or_404(tokens_of(user), id=token_id)


def get_draft(user: Person, session: Session | None) -> Draft | None:
    """What this person has begun to write there, unless it was sent since."""
    sent = Message.objects.filter(pk=OuterRef("message_id"))
    return Draft.objects.filter(~Exists(sent), owner_id=user.pk, session=session).first()


def unsent_attachments(user: Person, ids: Sequence[str]) -> list[Attachment]:
    """Of these files those that still wait to be sent, in this order."""
    if not ids:
        return []
    found = Attachment.objects.filter(owner_id=user.pk, message=None).in_bulk([UUID(key) for key in ids])
    return [found[UUID(key)] for key in ids if UUID(key) in found]


def templates_for(user: Person) -> QuerySet[Template]:
    """One's own templates, and those that others share; with their owners."""
    own_or_shared = Q(owner_id=user.pk) | Q(is_shared=True)
    return Template.objects.live().filter(own_or_shared).select_related("owner")


def get_template(user: Person, template_id: UUID) -> Template:
    """A template that one may use.

    Raises:
        Http404: there is none, or it is another's and not shared.
    """
    return get_object_or_404(templates_for(user), id=template_id)


def get_own_template(user: Person, template_id: UUID, *, deleted: bool = False) -> Template:
    """A template that one may change, also a deleted one if `deleted`.

    Raises:
        Http404: there is none, or it is another's.
    """
    templates = Template.objects.all() if deleted else Template.objects.live()
    return get_object_or_404(templates.filter(owner_id=user.pk), id=template_id)
