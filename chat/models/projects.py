"""Projects: conversations that belong together, what all of them are told, and who takes part."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.granted import Granted
from chat.models.ids import new_id
from chat.models.roles import MEMBER_ROLES, Role


class ProjectQuerySet(models.QuerySet["Project"]):
    def live(self) -> ProjectQuerySet:
        return self.filter(deleted_at=None)


class Project(Granted, models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    # What programs and addresses call it; it never changes.
    slug = models.CharField(max_length=80)
    description = models.CharField(max_length=1000, blank=True)
    # Goes into the context of each of its conversations.
    instructions = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=Q(deleted_at=None), name="one_project_a_slug"),
            models.CheckConstraint(condition=~Q(slug="") & ~Q(name=""), name="project_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectMember(models.Model):
    """A person in a project, with the role that they have in each of its conversations."""

    pk = models.CompositePrimaryKey("project_id", "user_id")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=[(role.value, role.label) for role in MEMBER_ROLES])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["viewer", "commenter", "editor", "owner"]), name="member_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"

    @property
    def standing(self) -> Role:
        return Role(self.role)
