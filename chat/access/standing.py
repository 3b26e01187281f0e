"""Who is what to which conversation. Everything else here asks this."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from chat.errors import NotAllowed
from chat.models import Project, ProjectMember, Report, Role, Session, User

MODERATING = "chat.change_report"


def role_of(user: User, session: Session) -> Role | None:
    """What this person is to the conversation; None to a stranger. One's own costs no query."""
    if session.owner_id == user.pk:
        return Role.OWNER
    role = session.project_id and role_in(user, session.project_id)
    return role or (Role.MODERATOR if _moderates(user, session) else None)


def role_in(user: User, project_id: UUID) -> Role | None:
    """What this person is in a project that is not deleted; None to a stranger."""
    found = memberships(user).filter(project=project_id).first()
    return found.standing if found else None


def memberships(user: User) -> QuerySet[ProjectMember]:
    """The person's places in projects that are not deleted."""
    return ProjectMember.objects.filter(user=user, project__deleted_at=None)


def readable(user: User) -> Q:
    """Of sessions those that the person has a part in: their own, and those of their projects.

    The projects are read here: with none the condition is one that an index answers.
    """
    projects = list(memberships(user).values_list("project_id", flat=True))
    own = Q(owner_id=user.pk)
    return own | Q(project__in=projects) if projects else own


def overseen(user: User) -> QuerySet[Session]:
    """What one of the staff who is no administrator may look into in the admin.

    That in which the person has a part and, for who decides on reports, that in which something was reported.
    """
    seen = readable(user)
    if user.has_perm(MODERATING):
        seen |= Q(pk__in=Report.objects.values("message__session"))
    return Session.objects.filter(seen)


def demand(role: Role | None, needed: Role) -> Role:
    """The role, if it is enough.

    Raises:
        Http404: a stranger learns nothing, not even that it is there.
        NotAllowed: it is there for this person, but not for that.
    """
    if role is None:
        raise Http404
    if not role.may(needed):
        raise NotAllowed(
            _("Your role here is “%(role)s”. That is not enough for this.") % {"role": role.label}
        )
    return role


def still_active(user_ids: Collection[UUID]) -> set[UUID]:
    """Of these people those who are not suspended."""
    return set(User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", flat=True))


def active_user(user_id: UUID | None) -> User | None:
    """That person as they are now; None where they are suspended, or nobody."""
    return User.objects.filter(pk=user_id, is_active=True).first() if user_id else None


def still_reading(pairs: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Of pairs (user, session) those that may still be read: the user is active, the session is there."""
    people = User.objects.filter(is_active=True).only("is_active", "is_staff", "is_superuser")
    users = people.in_bulk({user for user, _ in pairs})
    sessions = Session.objects.live().only("owner", "project").in_bulk({session for _, session in pairs})
    known = [(user, session) for user, session in pairs if user in users and session in sessions]
    own = {(user, key) for user, key in known if sessions[key].owner_id == user}
    members = _members(users, {session.project_id for session in sessions.values() if session.project_id})
    joined = {(user, key) for user, key in known if (sessions[key].project_id, user) in members}
    rest = {*known} - own - joined
    return own | joined | {(user, key) for user, key in rest if _moderates(users[user], sessions[key])}


def _members(users: Iterable[UUID], projects: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    if not projects:
        return set()
    live = Project.objects.live().filter(pk__in=projects)
    found = ProjectMember.objects.filter(project__in=live, user__in=list(users))
    return set(found.values_list("project_id", "user_id"))


def _moderates(user: User, session: Session) -> bool:
    """Whether a message of the session was reported, and this person decides on reports."""
    if not (user.is_staff and user.has_perm(MODERATING)):
        return False
    return Report.objects.filter(message__session=session).exists()
