"""Providers that were set up, for all or by a person for themselves, and what is known of their models."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.secrets import Lost, SecretField


class ConfiguredProvider(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # None: it is the site's, for everybody.
    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="providers", db_index=False
    )
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    # As `chat.addresses` masks it; where that hides something, the whole of it is the secret one.
    base_url = models.CharField(max_length=500, blank=True)
    secret_url = SecretField(blank=True)
    # Empty: the key comes from the environment, if the provider is the site's.
    api_key = SecretField(blank=True)
    # A person's own key for the site's provider of that name, which says all else, while it is at `base_url`.
    is_key_only = models.BooleanField(default=False)
    # Those that are offered. Empty: all that the provider lists.
    model_names = models.JSONField(default=list, blank=True)
    # What is asked of it in every conversation that does not say otherwise: {option: value}.
    options = models.JSONField(default=dict, blank=True)
    fallback = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(owner=None), name="provider_of_the_site"),
            models.UniqueConstraint(fields=["owner", "name"], name="provider_of_a_person"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True, owner=None),
                name="one_default_provider",
            ),
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(is_default=True, owner__isnull=False),
                name="one_default_provider_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_lost_key(self) -> bool:
        """It was kept with a SECRET_KEY that this server does not have, or its address was."""
        return isinstance(self.api_key, Lost) or isinstance(self.secret_url, Lost)

    @property
    def address(self) -> str:
        """The whole of it, for who connects to it alone; masked still where that is lost."""
        return self.secret_url or self.base_url


class ModelList(models.Model):
    """What a provider listed when it was asked last, and what it answered when that failed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    # By name: those of the environment have no row.
    provider = models.CharField(max_length=80)
    # Whose list it is. A provider that has moved is another one.
    kind = models.CharField(max_length=20)
    # As that one's is shown.
    base_url = models.CharField(max_length=500, blank=True)
    # [{name, label, context_window, …}], as `chat.providers.contract.Listed` has it.
    listed = models.JSONField(default=list, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    # Why the last time brought no list: {title, detail, said}. The list before it stays.
    error = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider"], condition=Q(owner=None), name="list_of_the_site"),
            models.UniqueConstraint(fields=["owner", "provider"], name="list_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.provider


class ModelOverride(models.Model):
    """What somebody knows better of a model than its provider's list does. None: as the list has it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    provider = models.CharField(max_length=80)
    model = models.CharField(max_length=200)
    label = models.CharField(max_length=120, blank=True)
    context_window = models.PositiveIntegerField(null=True, blank=True)
    max_output = models.PositiveIntegerField(null=True, blank=True)
    sees_pictures = models.BooleanField(null=True, blank=True)
    reads_documents = models.BooleanField(null=True, blank=True)
    calls_tools = models.BooleanField(null=True, blank=True)
    reasons = models.BooleanField(null=True, blank=True)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "model"], condition=Q(owner=None), name="override_of_the_site"
            ),
            models.UniqueConstraint(fields=["owner", "provider", "model"], name="override_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.model}"
