"""The audit log: who did what to which object, when and by which way. It keeps ids, never titles or texts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.accounts import User
from chat.models.ids import new_id


class AuditEntry(models.Model):
    """It outlives what it is about, and the account of who did it."""

    class Action(models.TextChoices):
        SIGNED_IN = "account.signed_in", _("signed in")
        SIGN_IN_FAILED = "account.sign_in_failed", _("failed to sign in")
        SIGNED_OUT = "account.signed_out", _("signed out")
        ACCOUNT_MADE = "account.made", _("account made")
        ACCOUNT_CHANGED = "account.changed", _("account changed")
        PASSWORD_CHANGED = "account.password_changed", _("password changed")
        TOKEN_MADE = "token.made", _("token made")
        TOKEN_REVOKED = "token.revoked", _("token revoked")
        PROVIDER_SAVED = "provider.saved", _("provider set up")
        PROVIDER_REMOVED = "provider.removed", _("provider removed")
        PROVIDER_TRIED = "provider.tried", _("provider tried")
        MODELS_CHANGED = "provider.models_changed", _("models of a provider changed")
        SESSION_OPENED = "session.opened", _("another’s conversation opened")
        SESSION_REFUSED = "session.refused", _("conversation refused")
        SESSION_EMBEDDED = "session.embedded", _("conversation embedded")
        SESSION_MADE = "session.made", _("conversation begun")
        SESSION_BRANCHED = "session.branched", _("conversation branched off")
        SESSION_DUPLICATED = "session.duplicated", _("conversation duplicated")
        SESSION_KEPT = "session.kept", _("temporary conversation kept")
        SESSION_CHANGED = "session.changed", _("conversation changed")
        SESSION_CLEARED = "session.cleared", _("conversation cleared")
        SESSION_UNCLEARED = "session.uncleared", _("clearing undone")
        SESSION_MERGED = "session.merged", _("conversation merged in")
        SESSION_UNMERGED = "session.unmerged", _("merge undone")
        SESSION_DELETED = "session.deleted", _("conversation deleted")
        SESSION_RESTORED = "session.restored", _("conversation restored")
        SESSION_PURGED = "session.purged", _("conversation removed for good")
        SUMMARY_ASKED = "summary.asked", _("summary asked for")
        SUMMARY_EDITED = "summary.edited", _("summary edited")
        SUMMARY_REMOVED = "summary.removed", _("summary removed")
        SUGGESTION_ASKED = "suggestion.asked", _("title or tags suggested")
        TOOL_DECIDED = "tool.decided", _("use of a tool allowed or forbidden")
        MESSAGE_EDITED = "message.edited", _("message edited")
        MESSAGE_DELETED = "message.deleted", _("message deleted")
        MESSAGE_RESTORED = "message.restored", _("message restored")
        MESSAGES_PURGED = "message.purged", _("messages removed for good")
        PROJECT_MADE = "project.made", _("project made")
        PROJECT_CHANGED = "project.changed", _("project changed")
        PROJECT_DELETED = "project.deleted", _("project deleted")
        PROJECT_RESTORED = "project.restored", _("project restored")
        PROJECT_PURGED = "project.purged", _("project removed for good")
        MEMBER_SET = "project.member_set", _("role in a project given")
        MEMBER_REMOVED = "project.member_removed", _("taken out of a project")
        TEMPLATE_MADE = "template.made", _("template made")
        TEMPLATE_CHANGED = "template.changed", _("template changed")
        TEMPLATE_DELETED = "template.deleted", _("template deleted")
        TEMPLATE_RESTORED = "template.restored", _("template restored")
        TEMPLATE_GIVEN = "template.given", _("template shared with a person")
        TEMPLATE_TAKEN = "template.taken", _("template taken from a person")
        TOOLS_SAVED = "tools.saved", _("server of tools set up")
        TOOLS_REMOVED = "tools.removed", _("server of tools removed")
        TOOLS_ALLOWED = "tools.allowed", _("calls of a server’s tools allowed or not")
        TOOLS_CALLED = "tools.called", _("tool called by hand")
        TOOLS_CHOSEN = "tools.chosen", _("tools of a conversation chosen")
        REPORT_MADE = "report.made", _("message reported")
        REPORTS_DECIDED = "report.decided", _("report decided")
        IMPORT_BEGUN = "import.begun", _("import begun")
        IMPORT_CANCELLED = "import.cancelled", _("import cancelled")
        IMPORT_REMOVED = "import.removed", _("import taken off the list")
        EXPORT_BEGUN = "export.begun", _("export begun")
        EXPORT_TAKEN = "export.taken", _("export downloaded")
        EXPORT_SHARED = "export.shared", _("link to an export made")
        EXPORT_UNSHARED = "export.unshared", _("link to an export revoked")
        EXPORT_CANCELLED = "export.cancelled", _("export cancelled")
        EXPORT_REMOVED = "export.removed", _("export removed with its file")
        ADMIN_CHANGED = "admin.changed", _("changed in the admin")

    class Way(models.TextChoices):
        PAGE = "page", _("in a browser")
        API = "api", _("by the API")
        SOCKET = "socket", _("by a socket")
        ADMIN = "admin", _("in the admin")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    action = models.CharField(max_length=32, choices=Action)
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # As it was then, for when the account is gone.
    actor_name = models.CharField(max_length=150, blank=True)
    # Blank for commands and for what happens by itself.
    way = models.CharField(max_length=12, choices=Way, blank=True)
    token_id = models.UUIDField(null=True, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    object_type = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    # The conversation that it is about or in. No foreign key: what was removed for good is told of too.
    session_id = models.UUIDField(null=True, blank=True)
    # Ids, names of fields, roles and counts.
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["action", "-id"], name="audit_action"),
            models.Index(fields=["object_id", "-id"], name="audit_object"),
            models.Index(
                fields=["session_id", "-id"],
                condition=models.Q(session_id__isnull=False),
                name="audit_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or '—'}: {self.action}"
