"""Servers of tools, what they listed last, and what may be called without asking."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.accounts import User
from chat.models.ids import new_id
from chat.models.secrets import Lost, SecretField


class ToolServer(models.Model):
    """One with an owner is that person's alone; the site's are for everybody, or for people of `groups`."""

    class Transport(models.TextChoices):
        STDIO = "stdio", _("A program on this machine")
        HTTP = "http", _("A server over HTTP")
        SSE = "sse", _("An older server over HTTP (SSE)")

    class Asking(models.TextChoices):
        """When a person is asked, where nothing is said of the tool itself."""

        CHANGES = "changes", _("Unless the server says that the tool only reads")
        ALWAYS = "always", _("Before each call")
        NEVER = "never", _("Never")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="tool_servers"
    )
    groups: models.ManyToManyField[Group, Any] = models.ManyToManyField(Group, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    transport = models.CharField(max_length=8, choices=Transport)
    command = models.CharField(max_length=500, blank=True)
    # Both as they may be shown, with masks; where these hide something, the whole is in the secret one.
    args = models.JSONField(default=list, blank=True)
    secret_args = SecretField(blank=True)
    url = models.CharField(max_length=1000, blank=True)
    secret_url = SecretField(blank=True)
    # JSON objects of names and values: of the program's environment, and of what goes along by HTTP.
    env = SecretField(blank=True)
    headers = SecretField(blank=True)
    is_on = models.BooleanField(default=True)
    # In conversations of which nobody has said otherwise.
    is_default = models.BooleanField(default=True)
    asking = models.CharField(max_length=8, choices=Asking, default=Asking.CHANGES)
    # What it listed last: [{name, title, description, schema, only_reads}]. It stays when the server fails.
    tools = models.JSONField(default=list, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    # Who it says it is; what went wrong when it was asked last, and the end of what its program said then.
    says_it_is = models.CharField(max_length=200, blank=True)
    problem = models.TextField(blank=True)
    # Of a problem in our own words, what its translation is made of.
    problem_form = models.JSONField(null=True, blank=True)
    last_words = models.TextField(blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_tool_server_a_name"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(owner=None), name="one_tool_server_of_the_site_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_program(self) -> bool:
        return self.transport == self.Transport.STDIO

    @property
    def secrets(self) -> Mapping[str, str]:
        """Of its environment, or its headers; none where they were encrypted with a key that is not here."""
        return dict(json.loads((self.env if self.is_program else self.headers) or "{}"))

    @property
    def address(self) -> str:
        """The whole of it, for who connects to it alone; masked still where that is lost."""
        return self.secret_url or self.url

    @property
    def arguments(self) -> list[str]:
        """All of them, for who runs it alone; masked still where they are lost."""
        return list(json.loads(self.secret_args)) if self.secret_args else list(self.args)

    @property
    def has_lost_secrets(self) -> bool:
        return any(
            isinstance(one, Lost) for one in (self.env, self.headers, self.secret_url, self.secret_args)
        )


class ToolPolicy(models.Model):
    """What holds for one tool; "allow" only while it says of itself what it said then."""

    class Policy(models.TextChoices):
        ASK = "ask", _("Ask first")
        ALLOW = "allow", _("Allow")
        NEVER = "never", _("Never offer it")

    server = models.ForeignKey(ToolServer, on_delete=models.CASCADE, related_name="policies", db_index=False)
    tool = models.CharField(max_length=200)
    policy = models.CharField(max_length=8, choices=Policy)
    fingerprint = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["server", "tool"], name="one_policy_a_tool")
        ]

    def __str__(self) -> str:
        return f"{self.tool}: {self.policy}"
