"""Templates: how a conversation begins. One without messages is a preset: a model and its settings."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from chat.models.accounts import User
from chat.models.granted import Granted
from chat.models.ids import new_id
from chat.models.roles import TEMPLATE_ROLES, Role
from chat.models.sessions import DEFAULT_SETTINGS

# What of a template has versions: all that it says, and not who may use it.
TEMPLATE_CONTENT = (
    "name", "description", "provider", "model", "settings", "options", "fallbacks", "tools",
    "messages", "variables",
)  # fmt: skip


class TemplateQuerySet(models.QuerySet["Template"]):
    def live(self) -> TemplateQuerySet:
        return self.filter(deleted_at=None)


class Template(Granted, models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    # Everybody may use it; who may change it is in `members`.
    is_shared = models.BooleanField(default=False)
    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=200, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    # The options of providers, by the provider's kind: {kind: {option: value}}.
    options = models.JSONField(default=dict, blank=True)
    # Who answers when the model cannot, in order: [{provider, model}]. Empty: as the provider has it.
    fallbacks = models.JSONField(default=list, blank=True)
    # Which servers of tools are on, where that is said (see Session).
    tools = models.JSONField(default=dict, blank=True)
    # What was said before one begins: [{role, content}].
    messages = models.JSONField(default=list, blank=True)
    # What is to be filled in, in the order of the text: [{name, label, default, choices, required}].
    variables = models.JSONField(default=list, blank=True)
    # The number of its newest version, which says the same.
    version = models.PositiveIntegerField(default=1)
    use_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "-updated_at", "-id"], condition=Q(deleted_at=None), name="template_newest"
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                condition=Q(deleted_at=None, is_shared=True),
                name="template_shared",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def all_settings(self) -> dict[str, Any]:
        """The settings with the defaults filled in."""
        return {**DEFAULT_SETTINGS, **self.settings}

    @property
    def is_preset(self) -> bool:
        return not self.messages

    def role_of(self, user: User) -> Role | None:
        """What this person is to it; None to one who has it because everybody has, or not at all.

        Its members are read with a query unless they were prefetched, or it is their own.
        """
        if self.owner_id == user.pk:
            return Role.OWNER
        return next((one.standing for one in self.members.all() if one.user_id == user.pk), None)

    @property
    def content(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in TEMPLATE_CONTENT}


class TemplateVersion(models.Model):
    """What a template said from then on, by TEMPLATE_CONTENT. It never changes."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions", db_index=False)
    # From 1 on, without a gap.
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    content = models.JSONField()
    # The number of the version that somebody went back to with this one.
    restored_from = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_version_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}: {self.number}"

    @property
    def who(self) -> str:
        """The name of who made it; empty when they are gone."""
        return self.author.get_username() if self.author else ""

    @property
    def says(self) -> Template:
        """A template that is not saved, with what it said."""
        return Template(version=self.number, **self.content)


class TemplateMember(models.Model):
    """A person whom its owner has given a template: to use it, or also to change it."""

    pk = models.CompositePrimaryKey("template_id", "user_id")
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="given_templates")
    role = models.CharField(max_length=12, choices=[(role.value, role.label) for role in TEMPLATE_ROLES])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=["viewer", "editor"]), name="template_member_role")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"

    @property
    def standing(self) -> Role:
        return Role(self.role)
