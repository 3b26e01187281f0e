"""What a person is to a conversation, and so what they may do there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Each may do what those before it may. A moderator reads what was reported, and takes no copy of it."""

    MODERATOR = "moderator", _("Moderator")
    VIEWER = "viewer", _("Viewer")
    COMMENTER = "commenter", _("Commenter")
    EDITOR = "editor", _("Editor")
    OWNER = "owner", _("Owner")

    def may(self, needed: Role) -> bool:
        """Whether one with this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)

    @property
    def can_copy(self) -> bool:
        return self.may(Role.VIEWER)

    @property
    def can_comment(self) -> bool:
        return self.may(Role.COMMENTER)

    @property
    def can_write(self) -> bool:
        return self.may(Role.EDITOR)

    @property
    def can_manage(self) -> bool:
        return self.may(Role.OWNER)


# What one can be given in a project.
MEMBER_ROLES = (Role.VIEWER, Role.COMMENTER, Role.EDITOR, Role.OWNER)
# What one can be given of a template: to use and copy it, or also to change it.
TEMPLATE_ROLES = (Role.VIEWER, Role.EDITOR)
